// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Outcome, QuestionId, QuestionSpec, Report } from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Every unit that comes in as a fee goes out again, once.
contract OracleFeesTest is OracleFixture {
    uint256 private constant FEE = 50_000;

    function setUp() external {
        deploy(31);
    }

    /// Accepts one answer whose round exactly the reporters in `bitmap` signed.
    function _answeredBy(QuestionSpec memory s, uint256 bitmap) private returns (QuestionId id) {
        id = oracle.ask(s);
        Report memory r = reportOf(leafOf(s, Outcome.ANSWERED, 0, 9_000, 0));
        oracle.submit(r, bitmap, signAll(reportDigest(separator(), set.configDigest(), r), bitmap));
        oracle.accept(s, r.round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
    }

    /// 21 to 31 signers, most of which do not divide the fee, collecting in a random order.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_wholeFeeIsShared(uint256 silent, uint256 order) external {
        uint256 bitmap = (1 << 31) - 1;
        for (uint256 i = 0; i < silent % 11; ++i) {
            bitmap &= ~(uint256(1) << (uint256(keccak256(abi.encode(silent, i))) % 31));
        }
        QuestionSpec[] memory list = new QuestionSpec[](1);
        list[0] = spec(1, 0, 4);
        QuestionId id = _answeredBy(list[0], bitmap);
        vm.warp(block.timestamp + list[0].liveness);
        uint256 paid = 0;
        uint256 least = type(uint256).max;
        uint256 most = 0;
        for (uint256 i = 0; i < 31; ++i) {
            // 7 and 31 have no common divisor: the walk visits each reporter once.
            uint8 index = uint8((order % 31 + 7 * i) % 31);
            if ((bitmap >> index) & 1 == 0) {
                vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
                oracle.collectRewards(1, index, list);
                continue;
            }
            oracle.collectRewards(1, index, list);
            uint256 share = oracle.prepaidOf(vm.addr(keys[index]));
            paid += share;
            if (share < least) least = share;
            if (share > most) most = share;
        }
        vm.assertEq(paid, FEE);
        // The remainder is less than one unit a signer.
        vm.assertLt(most - least, 31);
    }

    function test_oneQuestionTwiceInAListIsRefused() external {
        QuestionSpec[] memory list = new QuestionSpec[](2);
        list[0] = spec(1, 0, 4);
        list[1] = list[0];
        QuestionId id = _answeredBy(list[0], (1 << 21) - 1);
        vm.warp(block.timestamp + list[0].liveness);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.collectRewards(1, 0, list);
        vm.assertEq(oracle.prepaidOf(vm.addr(keys[0])), 0);
    }

    /// Who signed in an earlier set is paid by that set's index, not by whoever has the index today.
    function test_rewardsFollowTheSetOfTheRound() external {
        QuestionSpec[] memory list = new QuestionSpec[](1);
        list[0] = spec(1, 0, 4);
        QuestionId id = _answeredBy(list[0], (1 << 21) - 1);
        vm.prank(vm.addr(keys[0]));
        set.requestUnbond();
        set.expel();
        vm.warp(block.timestamp + list[0].liveness);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.collectRewards(2, 0, list);
        oracle.collectRewards(1, 0, list);
        vm.assertEq(oracle.prepaidOf(vm.addr(keys[0])), FEE / 21);
        vm.assertEq(oracle.prepaidOf(vm.addr(keys[1])), 0);
    }

    function testFuzz_prepaidMovesToTheUnit(uint96 paid, uint96 first, uint8 questions) external {
        uint256 amount = bound(paid, 0, 400e6);
        address asker = address(0xa5ce7);
        uint256 held = token.balanceOf(address(oracle));
        oracle.prepay(asker, amount);
        vm.assertEq(token.balanceOf(address(oracle)), held + amount);
        uint256 left = amount;
        for (uint256 i = 0; i < questions % 8; ++i) {
            QuestionSpec memory s = spec(1, 0, 4);
            s.asker = asker;
            if (left < FEE) {
                vm.expectRevert(abi.encodeWithSelector(Oracle.OraclePrepaidTooSmall.selector, left, FEE));
            }
            vm.prank(asker);
            oracle.ask(s);
            if (left >= FEE) left -= FEE;
        }
        vm.assertEq(oracle.prepaidOf(asker), left);
        uint256 part = bound(first, 0, left);
        vm.startPrank(asker);
        oracle.withdrawPrepaid(part, asker);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OraclePrepaidTooSmall.selector, left - part, left - part + 1)
        );
        oracle.withdrawPrepaid(left - part + 1, asker);
        oracle.withdrawPrepaid(left - part, asker);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(asker), left);
        vm.assertEq(token.balanceOf(address(oracle)), held + amount - left);
    }

    /// A fee goes back by cancelling or stays with the answer, never both.
    function test_cancelledOwesNothingMore() external {
        QuestionSpec[] memory list = new QuestionSpec[](1);
        list[0] = spec(1, 0, 4);
        QuestionId id = oracle.ask(list[0]);
        vm.warp(list[0].answerBy + 1);
        oracle.cancel(list[0]);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.returnFee(list[0]);
        vm.expectPartialRevert(Oracle.OracleStatus.selector);
        oracle.collectRewards(1, 0, list);
        // Its deadline is over, so it cannot be asked again either.
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleBadSpec.selector, "answerBy"));
        oracle.ask(list[0]);
    }
}
