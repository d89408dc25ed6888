// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// An authorisation of EIP-7702.
struct SignedDelegation {
    uint8 v;
    bytes32 r;
    bytes32 s;
    uint64 nonce;
    address implementation;
}

/// The cheatcodes of forge that our tests use (the npm forge-std is unofficial and broken).
interface Vm {
    function prank(address) external;
    /// With a transaction origin: what the EntryPoint asks of a bundler.
    function prank(address, address) external;
    function startPrank(address) external;
    function stopPrank() external;
    function deal(address, uint256) external;
    function warp(uint256) external;
    function roll(uint256) external;
    function expectRevert() external;
    function expectRevert(bytes4) external;
    function expectRevert(bytes calldata) external;
    function expectPartialRevert(bytes4) external;
    function expectEmit(bool, bool, bool, bool) external;
    function expectEmit() external;
    function expectEmit(address) external;
    function addr(uint256) external pure returns (address);
    function sign(uint256, bytes32) external pure returns (uint8, bytes32, bytes32);
    function signP256(uint256, bytes32) external pure returns (bytes32, bytes32);
    function publicKeyP256(uint256) external pure returns (uint256, uint256);
    /// The EOA of the private key takes on the code of `implementation` (EIP-7702) in the next transaction.
    function signAndAttachDelegation(address implementation, uint256)
        external
        returns (SignedDelegation memory);
    function label(address, string calldata) external;
    function readFile(string calldata) external view returns (string memory);
    function parseJson(string calldata, string calldata) external pure returns (bytes memory);
    function parseJsonBytes(string calldata, string calldata) external pure returns (bytes memory);
    function parseJsonBytes32(string calldata, string calldata) external pure returns (bytes32);
    function parseJsonInt(string calldata, string calldata) external pure returns (int256);
    function parseJsonUint(string calldata, string calldata) external pure returns (uint256);
    function parseJsonString(string calldata, string calldata) external pure returns (string memory);
    function keyExistsJson(string calldata, string calldata) external view returns (bool);
    function toString(uint256) external pure returns (string memory);
    function assume(bool) external pure;
    function snapshotGasLastCall(string calldata, string calldata) external returns (uint256);
    function snapshotValue(string calldata, string calldata, uint256) external;
    function load(address, bytes32) external view returns (bytes32);
    function store(address, bytes32, bytes32) external;
    function etch(address, bytes calldata) external;
    function recordLogs() external;
    function record() external;
    /// Slots of `target` that were read and written since `record`.
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function deployCode(string calldata, bytes calldata) external returns (address);
    function mockCall(address, bytes calldata, bytes calldata) external;
    function cool(address) external;
    function chainId(uint256) external;
    function assertEq(uint256, uint256) external pure;
    function assertEq(uint256, uint256, string calldata) external pure;
    function assertEq(int256, int256) external pure;
    function assertEq(int256, int256, string calldata) external pure;
    function assertEq(address, address) external pure;
    function assertEq(bytes32, bytes32) external pure;
    function assertEq(bytes32, bytes32, string calldata) external pure;
    function assertEq(bool, bool) external pure;
    function assertEq(bytes calldata, bytes calldata) external pure;
    function assertEq(string calldata, string calldata) external pure;
    function assertTrue(bool) external pure;
    function assertTrue(bool, string calldata) external pure;
    function assertFalse(bool) external pure;
    function assertGe(uint256, uint256) external pure;
    function assertGe(uint256, uint256, string calldata) external pure;
    function assertLe(uint256, uint256) external pure;
    function assertLe(uint256, uint256, string calldata) external pure;
    function assertGt(uint256, uint256) external pure;
    function assertGt(uint256, uint256, string calldata) external pure;
    function assertLt(uint256, uint256) external pure;
    function assertApproxEqAbs(uint256, uint256, uint256) external pure;
}

/// Base of every test: cheatcodes, and the targets that forge's invariant runner asks for.
abstract contract Test {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// forge looks for this flag to know a test contract.
    bool public IS_TEST = true;

    address[] private _targets;

    function targetContract(address target) internal {
        _targets.push(target);
    }

    function targetContracts() public view returns (address[] memory) {
        return _targets;
    }

    function bound(uint256 x, uint256 low, uint256 high) internal pure returns (uint256) {
        if (x >= low && x <= high) return x;
        uint256 size = high - low + 1;
        return size == 0 ? x : low + (x % size);
    }
}
