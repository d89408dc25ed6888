// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Report } from "../../src/oracle/IOracle.sol";
import { IReporterSet } from "../../src/oracle/IReporterSet.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { Quorum } from "../../src/oracle/Quorum.sol";
import { ReporterSet } from "../../src/oracle/ReporterSet.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Reports of the network's own size, four of five, and of sets that are not in force.
contract OracleSubmitTest is OracleFixture {
    function setUp() external {
        deploy(5);
    }

    function _digest(Report memory r) private view returns (bytes32) {
        return reportDigest(separator(), set.configDigest(), r);
    }

    function test_gasOfReport4Of5() external {
        Report memory r = reportOf(keccak256("a"));
        oracle.submit(r, 0x0f, signAll(_digest(r), 0x0f));
        r = reportOf(keccak256("b"));
        // The same place in the ring: what every report costs once the ring went round.
        r.round = 1 + 4096;
        bytes memory signatures = signAll(_digest(r), 0x1e);
        vm.cool(address(oracle));
        vm.cool(set.keys());
        oracle.submit(r, 0x1e, signatures);
        vm.snapshotGasLastCall("oracle", "submit 4 of 5, execution");
    }

    /// Which reporters make the quorum makes no difference; one signature fewer always does.
    function testFuzz_anyFourOfFive(uint8 silent, uint8 alsoSilent) external {
        uint256 bitmap = 0x1f & ~(uint256(1) << bound(silent, 0, 4));
        uint256 fewer = bitmap & ~(uint256(1) << bound(alsoSilent, 0, 4));
        Report memory r = reportOf(keccak256("root"));
        if (fewer != bitmap) {
            bytes memory tooFew = signAll(_digest(r), fewer);
            vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumNotReached.selector, 3, 4));
            oracle.submit(r, fewer, tooFew);
        }
        oracle.submit(r, bitmap, signAll(_digest(r), bitmap));
        vm.assertEq(uint256(oracle.lastRound()), r.round);
    }

    function test_refusesReportsBeforeTheFirstSet() external {
        ReporterSet empty = new ReporterSet(address(token), steward, BOND, 0, 0);
        Oracle fresh = new Oracle(IERC20(address(token)), IReporterSet(address(empty)), models);
        Report memory r = reportOf(0);
        vm.expectRevert(Quorum.QuorumNoSet.selector);
        fresh.submit(r, 0x0f, new bytes(256));
    }

    /// What was signed for the set before is refused from the moment another is in force, though the signers are in both.
    function test_refusesWhatWasSignedForTheSetBefore() external {
        Report memory r = reportOf(keccak256("root"));
        bytes memory signatures = signAll(_digest(r), 0x0f);
        vm.prank(vm.addr(keys[4]));
        set.requestUnbond();
        set.expel();
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 3));
        oracle.submit(r, 0x0f, signatures);
        // Four reporters are left, of whom three are a quorum.
        oracle.submit(r, 0x07, signAll(_digest(r), 0x07));
    }
}
