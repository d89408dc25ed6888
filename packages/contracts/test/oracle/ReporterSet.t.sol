// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IOracle } from "../../src/oracle/IOracle.sol";
import { IReporterSet } from "../../src/oracle/IReporterSet.sol";
import { Quorum } from "../../src/oracle/Quorum.sol";
import { ReporterSet } from "../../src/oracle/ReporterSet.sol";
import { OracleFixture } from "./OracleFixture.sol";

contract ReporterSetTest is OracleFixture {
    function setUp() external {
        deploy(5);
    }

    function _list(uint256 count) private view returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = vm.addr(keys[i]);
        }
    }

    function _propose(address[] memory list) private {
        vm.prank(steward);
        set.propose(list);
    }

    function _slash(uint64 mask, address beneficiary) private {
        for (uint8 i = 0; i < 64; ++i) {
            if ((mask >> i) & 1 == 1) slashOne(1, i, beneficiary);
        }
    }

    function test_firstSetIsInForceAtOnce() external view {
        vm.assertEq(uint256(set.epoch()), 1);
        address[] memory list = set.reporters();
        vm.assertEq(list.length, 5);
        for (uint256 i = 0; i < 5; ++i) {
            vm.assertEq(list[i], vm.addr(keys[i]));
        }
        vm.assertEq(set.configDigest(), keccak256(abi.encode(uint16(1), list)));
        vm.assertEq(set.keys().code.length, 33 + 100);
    }

    function test_aKeyServesInABoundedNumberOfSets() external {
        address[] memory list = _list(1);
        // The fixture's set counts as the first.
        for (uint256 i = 1; i < set.MAX_MEMBERSHIPS(); ++i) {
            vm.prank(steward);
            set.propose(list);
            vm.warp(1_800_000_000 + i * CHANGE_DELAY);
            set.activate();
        }
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterKeyWorn.selector, list[0], 256));
        vm.prank(steward);
        set.propose(list);
        uint256 before = gasleft();
        vm.assertEq(set.bondOf(list[0]), BOND);
        vm.assertTrue(before - gasleft() < 2_000_000);
    }

    function test_bondEmitsAndAdds() external {
        uint256 key = 0xabc;
        bondAs(key);
        address reporter = vm.addr(key);
        fund(reporter, 5e6);
        vm.startPrank(reporter);
        token.approve(address(set), 5e6);
        vm.expectEmit(address(set));
        emit IReporterSet.Bonded(reporter, 5e6, "http://other");
        set.bond(5e6, "http://other");
        vm.stopPrank();
        vm.assertEq(set.bondOf(reporter), BOND + 5e6);
        vm.assertEq(set.endpointOf(reporter), "http://other");
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterBondTooSmall.selector, 1, BOND));
        vm.prank(address(0xb0b));
        set.bond(1, "");
    }

    function test_changeWaitsAndIsAnnounced() external {
        address[] memory list = _list(4);
        bytes32 digest = keccak256(abi.encode(uint16(2), list));
        vm.expectEmit(address(set));
        emit IReporterSet.SetProposed(digest, list, uint40(block.timestamp) + CHANGE_DELAY);
        _propose(list);
        vm.assertEq(uint256(set.epoch()), 1);
        vm.expectPartialRevert(ReporterSet.ReporterTooEarly.selector);
        set.activate();
        vm.warp(block.timestamp + CHANGE_DELAY);
        vm.expectEmit(true, false, false, false);
        emit IReporterSet.SetActivated(digest, list, address(0));
        vm.expectEmit(true, false, false, false);
        emit IOracle.SetFollowed(2, address(0));
        vm.prank(challenger);
        set.activate();
        vm.assertEq(set.configDigest(), digest);
        vm.assertEq(set.reporters().length, 4);
        vm.expectRevert(ReporterSet.ReporterNothingProposed.selector);
        set.activate();
    }

    function test_proposeRefuses() external {
        address[] memory list = _list(5);
        vm.expectRevert(
            abi.encodeWithSelector(ReporterSet.ReporterNotSteward.selector, address(this), steward)
        );
        set.propose(list);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSetSize.selector, 0, 64));
        _propose(new address[](0));
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSetSize.selector, 65, 64));
        _propose(new address[](65));
        (list[0], list[1]) = (list[1], list[0]);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSetOrder.selector, list[1], list[0]));
        _propose(list);
        list[1] = list[0];
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSetOrder.selector, list[0], list[0]));
        _propose(list);
        list = new address[](1);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSetOrder.selector, address(0), address(0)));
        _propose(list);
        list[0] = address(0xb0b);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterBondTooSmall.selector, 0, BOND));
        _propose(list);
    }

    function test_slashedBetweenProposalAndForceIsRefused() external {
        _propose(_list(4));
        _slash(2, challenger);
        vm.warp(block.timestamp + CHANGE_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterBondTooSmall.selector, 0, BOND));
        set.activate();
    }

    function test_leavingNeedsNoSteward() external {
        address leaver = vm.addr(keys[3]);
        vm.expectEmit(address(set));
        emit IReporterSet.UnbondRequested(leaver, uint40(block.timestamp) + UNBOND_DELAY);
        vm.prank(leaver);
        set.requestUnbond();
        vm.warp(block.timestamp + UNBOND_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterIsMember.selector, leaver));
        vm.prank(leaver);
        set.unbond();
        vm.prank(challenger);
        set.expel();
        vm.assertEq(set.reporters().length, 4);
        // The bond stays slashable for the whole delay after the last moment the key could sign.
        vm.expectPartialRevert(ReporterSet.ReporterTooEarly.selector);
        vm.prank(leaver);
        set.unbond();
        vm.warp(block.timestamp + UNBOND_DELAY);
        vm.expectEmit(address(set));
        emit IReporterSet.Unbonded(leaver, BOND);
        vm.prank(leaver);
        set.unbond();
        vm.assertEq(token.balanceOf(leaver), BOND);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterNotLeaving.selector, leaver));
        vm.prank(leaver);
        set.unbond();
    }

    function test_slashedCannotLeaveNorReturn() external {
        address reporter = vm.addr(keys[3]);
        vm.prank(reporter);
        set.requestUnbond();
        set.expel();
        _slash(8, challenger);
        vm.warp(block.timestamp + 2 * UNBOND_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterWasSlashed.selector, reporter));
        vm.prank(reporter);
        set.unbond();
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterWasSlashed.selector, reporter));
        vm.prank(reporter);
        set.bond(BOND, "");
    }

    function test_slashMarksOnceAndSettlesByHalves() external {
        _slash(0x03, challenger);
        _slash(0x04, address(0xb0b));
        _slash(0x0c, challenger);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0x0f);
        vm.expectEmit(address(set));
        emit IReporterSet.Slashed(vm.addr(keys[0]), BOND, challenger);
        set.settleSlash(1, 0);
        set.settleSlash(1, 0);
        set.settleSlash(1, 1);
        vm.assertEq(set.owedTo(challenger), (3 * BOND) / 2);
        vm.assertEq(set.owedTo(address(0xb0b)), BOND / 2);
        vm.assertEq(set.owedTo(steward), 2 * BOND);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterUnknownEntry.selector, 1, 2));
        set.settleSlash(1, 2);
        uint256 before = token.balanceOf(challenger);
        vm.expectEmit(address(set));
        emit IReporterSet.Withdrawn(challenger, challenger, (3 * BOND) / 2);
        vm.prank(challenger);
        set.withdraw(challenger);
        vm.assertEq(token.balanceOf(challenger) - before, (3 * BOND) / 2);
        vm.assertEq(set.owedTo(challenger), 0);
    }

    function test_expelDropsTheSlashedAndKeepsTheRest() external {
        vm.expectRevert(ReporterSet.ReporterNothingToExpel.selector);
        set.expel();
        _slash(0x05, challenger);
        set.expel();
        address[] memory list = set.reporters();
        vm.assertEq(list.length, 3);
        vm.assertEq(list[0], vm.addr(keys[1]));
        vm.assertEq(uint256(set.epoch()), 2);
    }

    function test_withoutMembersNothingVerifies() external {
        _slash(0x1f, challenger);
        set.expel();
        vm.assertEq(set.reporters().length, 0);
        vm.assertEq(set.configDigest(), 0);
        vm.expectRevert(Quorum.QuorumNoSet.selector);
        set.verify(keccak256("x"), 1, new bytes(64));
        // The steward can start again.
        bondAs(0xabc);
        address[] memory list = new address[](1);
        list[0] = vm.addr(0xabc);
        _propose(list);
        vm.warp(block.timestamp + CHANGE_DELAY);
        set.activate();
        bytes memory signature = sign64(0xabc, keccak256("x"));
        set.verify(keccak256("x"), 1, signature);
    }

    function test_verifyChecksTheSetInForce() external {
        bytes32 digest = keccak256("anything");
        bytes memory signatures = signAll(digest, 0x1e);
        set.verify(digest, 0x1e, signatures);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        set.verify(keccak256("other"), 0x1e, signatures);
        signatures = signAll(digest, 0x07);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumNotReached.selector, 3, 4));
        set.verify(digest, 0x07, signatures);
    }

    function testFuzz_quorumIsMoreThanTwoThirds(uint8 count) external view {
        uint256 n = bound(count, 1, 64);
        uint256 quorum = set.quorumOf(n);
        vm.assertGt(3 * quorum, 2 * n);
        vm.assertLe(3 * (quorum - 1), 2 * n);
        vm.assertLe(quorum, n);
    }

    /// Sets of every size are written and read back whole, the last key too.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_setsOfEverySize(uint8 size) external {
        uint256 n = bound(size, 1, 64);
        delete keys;
        delete sourceKeys;
        deploy(n);
        vm.assertEq(set.reporters().length, n);
        vm.assertEq(set.reporters()[n - 1], vm.addr(keys[n - 1]));
        uint256 bitmap = ((1 << set.quorumOf(n)) - 1) << (n - set.quorumOf(n));
        bytes32 digest = keccak256(abi.encode(n));
        set.verify(digest, bitmap, signAll(digest, bitmap));
    }

    function test_bindOnce() external {
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterOracleBound.selector, address(oracle)));
        vm.prank(steward);
        set.bindOracle(address(1));
        ReporterSet fresh = new ReporterSet(address(token), steward, BOND, 0, 0);
        vm.expectPartialRevert(ReporterSet.ReporterNotSteward.selector);
        fresh.bindOracle(address(oracle));
        vm.expectEmit(address(fresh));
        emit IReporterSet.OracleBound(address(oracle));
        vm.prank(steward);
        fresh.bindOracle(address(oracle));
    }

    function test_sourcesWaitOnceASetIsInForce() external {
        address source = address(0x5000);
        vm.assertEq(set.sources(TOPIC).length, 4);
        vm.expectEmit(address(set));
        emit IReporterSet.SourceProposed(source, "late source", TOPIC, uint40(block.timestamp) + CHANGE_DELAY);
        vm.prank(steward);
        set.proposeSource(source, TOPIC, "late source");
        vm.assertFalse(set.isSource(source, TOPIC));
        vm.warp(block.timestamp + CHANGE_DELAY);
        vm.assertTrue(set.isSource(source, TOPIC));
        vm.assertEq(set.sources(TOPIC).length, 5);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.SourceKnown.selector, source, TOPIC));
        vm.prank(steward);
        set.proposeSource(source, TOPIC, "");
        vm.expectEmit(address(set));
        emit IReporterSet.SourceRemoved(source, TOPIC);
        vm.prank(steward);
        set.removeSource(source, TOPIC);
        vm.assertTrue(set.isSource(source, TOPIC));
        vm.warp(block.timestamp + CHANGE_DELAY);
        vm.assertFalse(set.isSource(source, TOPIC));
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.SourceUnknown.selector, source, TOPIC));
        vm.prank(steward);
        set.removeSource(source, TOPIC);
        vm.prank(steward);
        set.proposeSource(source, TOPIC, "again");
        vm.warp(block.timestamp + CHANGE_DELAY);
        vm.assertTrue(set.isSource(source, TOPIC));
        vm.assertEq(set.sources(TOPIC).length, 5);
    }

    function test_sourcesRefuse() external {
        vm.expectPartialRevert(ReporterSet.ReporterNotSteward.selector);
        set.proposeSource(address(1), TOPIC, "");
        vm.startPrank(steward);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.SourceInvalid.selector, address(0)));
        set.proposeSource(address(0), TOPIC, "");
        for (uint160 i = 4; i < 16; ++i) {
            set.proposeSource(address(0x6000 + i), TOPIC, "");
        }
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.SourceTooMany.selector, 16));
        set.proposeSource(address(0x7000), TOPIC, "");
        vm.stopPrank();
    }
}
