// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEntryPoint, PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { Execution, IERC7579Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { Base64 } from "@openzeppelin/contracts/utils/Base64.sol";
import { AccountParts } from "../../src/accounts/AccountBase.sol";
import { AccountFactory } from "../../src/accounts/AccountFactory.sol";
import { GuardianRecovery } from "../../src/accounts/GuardianRecovery.sol";
import { IMandateExecutor, MandateId, Permission, Pin, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { IPasskeyAccount, Listing, Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { ImportedAccount } from "../../src/accounts/ImportedAccount.sol";
import { MandateExecutor } from "../../src/accounts/MandateExecutor.sol";
import { MandateValidator } from "../../src/accounts/MandateValidator.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { Sponsor } from "../../src/accounts/Sponsor.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { Test } from "../support/Test.sol";

interface IEntryPointFull is IEntryPoint {
    event UserOperationRevertReason(
        bytes32 indexed userOpHash, address indexed sender, uint256 nonce, bytes revertReason
    );

    function getUserOpHash(PackedUserOperation calldata userOp) external view returns (bytes32);
}

/// Accounts on the real EntryPoint 0.8 (its published bytecode at its canonical address), with a sponsor, an agent and
/// play dollars.
abstract contract AccountFixture is Test {
    uint256 internal constant P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
    IEntryPointFull internal constant ENTRY_POINT =
        IEntryPointFull(0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108);
    bytes internal constant SUFFIX = ',"origin":"https://lichen.example","crossOrigin":false}';
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant PASSKEY = 0xa11ce;
    uint256 internal constant AGENT = 0xa6e17;
    uint256 internal constant SPONSOR = 0x5b0;
    uint32 internal constant MIN_DELAY = 1 hours;
    bytes32 internal constant INTENT = keccak256("intent");

    MandateExecutor internal executor;
    MandateValidator internal validator;
    GuardianRecovery internal recovery;
    AccountFactory internal factory;
    Sponsor internal sponsor;
    PlayDollar internal token;
    address internal agent = vm.addr(AGENT);
    address internal bundler = address(0xb0d1e5);
    address internal shop = address(0x5409);
    address internal sponsorOwner = address(0x0e3);
    /// Chain time as the test set it: the optimiser takes block.timestamp for constant in a call, across warps too.
    uint256 internal clock;

    function deployAll() internal {
        clock = START;
        vm.warp(START);
        deployEntryPoint();
        executor = new MandateExecutor();
        validator = new MandateValidator(executor);
        recovery = new GuardianRecovery(executor, MIN_DELAY);
        factory = new AccountFactory(address(validator), address(executor), address(recovery));
        sponsor = new Sponsor(sponsorOwner, vm.addr(SPONSOR));
        vm.deal(address(this), 20 ether);
        sponsor.deposit{ value: 10 ether }();
        token = new PlayDollar();
        vm.deal(bundler, 10 ether);
        vm.deal(agent, 1 ether);
        vm.prank(shop);
        token.faucet(1);
    }

    /// Runs the published creation code at the canonical address, as its CREATE2 does.
    function deployEntryPoint() internal {
        string memory artifact =
            vm.readFile("node_modules/@account-abstraction/contracts/artifacts/EntryPoint.json");
        vm.etch(address(ENTRY_POINT), vm.parseJsonBytes(artifact, ".bytecode"));
        (bool success, bytes memory code) = address(ENTRY_POINT).call("");
        vm.assertTrue(success, "EntryPoint");
        vm.etch(address(ENTRY_POINT), code);
    }

    function warpBy(uint256 time) internal {
        clock += time;
        vm.warp(clock);
    }

    function passkeyOf(uint256 privateKey) internal pure returns (Passkey memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(privateKey);
        return Passkey(bytes32(x), bytes32(y));
    }

    function listingOf(bytes32 userHandle, address account, Passkey memory key)
        internal
        pure
        returns (Listing memory)
    {
        return Listing(
            keccak256(abi.encodePacked("lichen.listing", userHandle)),
            keccak256(abi.encodePacked(userHandle, account, key.x, key.y))
        );
    }

    function noListing() internal pure returns (Listing memory listing) { }

    function noCalls() internal pure returns (Execution[] memory) {
        return new Execution[](0);
    }

    /// An account of the passkey, alive and with 10,000 play dollars.
    function openAccount(uint256 privateKey) internal returns (PasskeyAccount account) {
        account =
            PasskeyAccount(payable(factory.createAccount(passkeyOf(privateKey), 0, noListing(), noCalls())));
        vm.prank(address(account));
        token.faucet(10_000e6);
    }

    // Passkeys.

    function authenticatorData(uint8 flags) internal pure returns (bytes memory) {
        return abi.encodePacked(sha256("lichen.example"), flags, uint32(0));
    }

    /// A WebAuthn assertion by a platform authenticator, in the compact form.
    function signPasskey(uint256 privateKey, uint8 index, bytes32 hash) internal pure returns (bytes memory) {
        return signPasskeyWith(privateKey, index, hash, authenticatorData(0x05), SUFFIX);
    }

    function signPasskeyWith(
        uint256 privateKey,
        uint8 index,
        bytes32 hash,
        bytes memory data,
        bytes memory suffix
    ) internal pure returns (bytes memory) {
        bytes memory clientData = abi.encodePacked(
            '{"type":"webauthn.get","challenge":"', Base64.encodeURL(abi.encodePacked(hash)), '"', suffix
        );
        (bytes32 r, bytes32 s) = vm.signP256(privateKey, sha256(abi.encodePacked(data, sha256(clientData))));
        if (uint256(s) > P256_ORDER / 2) s = bytes32(P256_ORDER - uint256(s));
        return abi.encodePacked(index, r, s, uint8(data.length), data, suffix);
    }

    // Operations.

    function call(address target, bytes memory data) internal pure returns (Execution memory) {
        return Execution(target, 0, data);
    }

    function one(Execution memory execution) internal pure returns (Execution[] memory calls) {
        calls = new Execution[](1);
        calls[0] = execution;
    }

    function transferCall(address to, uint256 amount) internal view returns (Execution memory) {
        return call(address(token), abi.encodeCall(token.transfer, (to, amount)));
    }

    function executeData(Execution[] memory calls) internal pure returns (bytes memory) {
        if (calls.length == 1) {
            return abi.encodeCall(
                IERC7579Execution.execute,
                (bytes32(0), abi.encodePacked(calls[0].target, calls[0].value, calls[0].callData))
            );
        }
        return abi.encodeCall(IERC7579Execution.execute, (bytes32(bytes1(0x01)), abi.encode(calls)));
    }

    function actAsData(Terms memory terms, Execution[] memory calls) internal view returns (bytes memory) {
        return
            executeData(one(call(address(executor), abi.encodeCall(executor.actAs, (terms, calls, INTENT)))));
    }

    function operation(address account, uint192 nonceKey, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op.sender = account;
        op.nonce = ENTRY_POINT.getNonce(account, nonceKey);
        op.callData = callData;
        op.accountGasLimits = bytes32(abi.encodePacked(uint128(3_000_000), uint128(2_000_000)));
        op.preVerificationGas = 60_000;
        op.gasFees = bytes32(abi.encodePacked(uint128(1 gwei), uint128(1 gwei)));
    }

    function agentKey() internal view returns (uint192) {
        return uint192(uint160(address(validator))) << 32;
    }

    /// The sponsor's signature as its service makes it.
    function addSponsor(PackedUserOperation memory op) internal view {
        uint48 validUntil = uint48(clock + 300);
        bytes memory head =
            abi.encodePacked(address(sponsor), uint128(100_000), uint128(0), uint48(0), validUntil);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,uint256 paymasterPostOpGasLimit,uint48 validAfter,uint48 validUntil)"
                ),
                op.sender,
                op.nonce,
                keccak256(op.initCode),
                keccak256(op.callData),
                op.accountGasLimits,
                op.preVerificationGas,
                op.gasFees,
                uint256(100_000),
                uint256(0),
                uint48(0),
                validUntil
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Lichen Sponsor"),
                keccak256("1"),
                block.chainid,
                address(sponsor)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(SPONSOR, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        op.paymasterAndData = abi.encodePacked(head, r, s, v);
    }

    function signByPasskey(PackedUserOperation memory op, uint256 privateKey, uint8 index) internal view {
        op.signature = signPasskey(privateKey, index, ENTRY_POINT.getUserOpHash(op));
    }

    function signByAgent(PackedUserOperation memory op, uint256 privateKey) internal view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, ENTRY_POINT.getUserOpHash(op));
        op.signature = abi.encodePacked(r, s, v);
    }

    function sponsoredByPasskey(address account, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op = operation(account, 0, callData);
        addSponsor(op);
        signByPasskey(op, PASSKEY, 0);
    }

    function sponsoredByAgent(address account, uint256 privateKey, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op = operation(account, agentKey(), callData);
        addSponsor(op);
        signByAgent(op, privateKey);
    }

    function bundleOf(PackedUserOperation memory op)
        internal
        pure
        returns (PackedUserOperation[] memory ops)
    {
        ops = new PackedUserOperation[](1);
        ops[0] = op;
    }

    function handle(PackedUserOperation memory op) internal {
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(bundleOf(op), payable(bundler));
    }

    /// What EntryPoint says when validation reverts with `inner`.
    function refusedAtValidation(bytes memory inner) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IEntryPoint.FailedOpWithRevert.selector, 0, "AA23 reverted", inner);
    }

    function refusedSignature() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IEntryPoint.FailedOp.selector, 0, "AA24 signature error");
    }

    // Mandates.

    function noPins() internal pure returns (Pin[] memory) {
        return new Pin[](0);
    }

    function transferPermission(uint128 maxAmount) internal view returns (Permission memory) {
        return Permission(address(token), token.transfer.selector, 1, false, maxAmount, noPins());
    }

    /// 24 hours from now; at most 50 a call, 100 and 10 calls in any hour; transfers of play dollars.
    function someTerms() internal view returns (Terms memory terms) {
        terms.agent = agent;
        terms.asset = address(token);
        terms.validFrom = uint40(clock);
        terms.validUntil = uint40(clock + 1 days);
        terms.period = 1 hours;
        terms.maxPerPeriod = 100e6;
        terms.maxCalls = 10;
        terms.permissions = new Permission[](1);
        terms.permissions[0] = transferPermission(50e6);
    }

    function grantTo(PasskeyAccount account, Terms memory terms) internal returns (MandateId) {
        vm.prank(address(account));
        return executor.grant(terms, "agent");
    }

    function setBudget(PasskeyAccount account, uint128 amount, uint32 period) internal {
        vm.prank(address(account));
        executor.setBudget(address(token), amount, period);
    }

    function accountParts() internal view returns (AccountParts memory) {
        return AccountParts(address(factory), address(validator), address(executor), address(recovery));
    }
}
