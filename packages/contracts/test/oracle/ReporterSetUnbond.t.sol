// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReporterSet } from "../../src/oracle/IReporterSet.sol";
import { ReporterSet } from "../../src/oracle/ReporterSet.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// A bond stays slashable for the whole delay after the last moment at which its key could sign.
contract ReporterSetUnbondTest is OracleFixture {
    function setUp() external {
        deploy(5);
    }

    function _withoutLast() private {
        address[] memory list = new address[](4);
        for (uint256 i = 0; i < 4; ++i) {
            list[i] = vm.addr(keys[i]);
        }
        vm.prank(steward);
        set.propose(list);
    }

    /// One who asked to leave long ago but signed until the change waits like one who is expelled.
    function test_leaverDroppedByAChangeWaitsAnew() external {
        address leaver = vm.addr(keys[4]);
        uint256 start = block.timestamp;
        vm.prank(leaver);
        set.requestUnbond();
        _withoutLast();
        uint256 changedAt = start + UNBOND_DELAY;
        vm.warp(changedAt);
        vm.expectEmit(address(set));
        emit IReporterSet.UnbondRequested(leaver, uint40(changedAt + UNBOND_DELAY));
        set.activate();
        vm.assertEq(uint256(set.availableAtOf(leaver)), changedAt + UNBOND_DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(ReporterSet.ReporterTooEarly.selector, changedAt, changedAt + UNBOND_DELAY)
        );
        vm.prank(leaver);
        set.unbond();
        // What it signed in its last second is still punished.
        slashOne(1, 4, challenger);
        vm.warp(changedAt + UNBOND_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterWasSlashed.selector, leaver));
        vm.prank(leaver);
        set.unbond();
    }

    /// One who was dropped without asking keeps its bond in and may be proposed again.
    function test_droppedMemberMayReturnOrLeave() external {
        address dropped = vm.addr(keys[4]);
        _withoutLast();
        vm.warp(block.timestamp + CHANGE_DELAY);
        set.activate();
        vm.assertEq(uint256(set.availableAtOf(dropped)), 0);
        vm.prank(steward);
        set.propose(addressesOf(keys));
        vm.warp(block.timestamp + CHANGE_DELAY);
        set.activate();
        vm.assertEq(set.reporters().length, 5);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterNotLeaving.selector, dropped));
        vm.prank(dropped);
        set.unbond();
    }

    /// Whoever is marked, alone or with others, in however many steps: all marked bonds are split, to the unit.
    function testFuzz_slashedBondsAreSplitToTheUnit(uint8 first, uint8 second, uint64 extra) external {
        address reporter = vm.addr(keys[0]);
        uint256 amount = bound(extra, 0, 9_000e6);
        fund(reporter, amount);
        vm.startPrank(reporter);
        token.approve(address(set), amount);
        set.bond(amount, "");
        vm.stopPrank();
        first = uint8(bound(first, 1, 31));
        second = uint8(bound(second, 1, 31)) & ~first;
        for (uint8 i = 0; i < 5; ++i) {
            if ((first >> i) & 1 == 1) slashOne(1, i, challenger);
            else if ((second >> i) & 1 == 1) slashOne(1, i, address(0xb0b));
        }
        vm.assertEq(uint256(oracle.slashedOf(1)), first | second);
        uint256[2] memory bonds;
        for (uint256 i = 0; i < 5; ++i) {
            uint256 own = BOND + (i == 0 ? amount : 0);
            if ((first >> i) & 1 == 1) bonds[0] += own;
            if ((second >> i) & 1 == 1) bonds[1] += own;
        }
        for (uint8 entry = 0; entry < 5; ++entry) {
            (, uint64 marked) = oracle.slashEntryOf(1, entry);
            if (marked != 0) set.settleSlash(1, entry);
        }
        vm.assertEq(set.owedTo(challenger), bonds[0] / 2);
        vm.assertEq(set.owedTo(address(0xb0b)), bonds[1] / 2);
        vm.assertEq(set.owedTo(steward), bonds[0] - bonds[0] / 2 + bonds[1] - bonds[1] / 2);
    }
}
