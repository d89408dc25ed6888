// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { FlightCover } from "../../src/cover/FlightCover.sol";
import { FlightFeatures, FlightId } from "../../src/cover/FlightLib.sol";
import { ICoverPool } from "../../src/cover/ICoverPool.sol";
import {
    FlightOutcome,
    FlightStateView,
    IFlightCover,
    PolicyId,
    PolicyState
} from "../../src/cover/IFlightCover.sol";
import { Outcome, QuestionSpec } from "../../src/oracle/IOracle.sol";
import { CoverFixture } from "./CoverFixture.sol";

contract CoverSettleTest is CoverFixture {
    uint256 private constant PAYOUT = 200e6;

    FlightFeatures private f;
    PolicyId private id;
    uint256 private premium;
    uint256 private before;

    function setUp() public {
        deployCover(100_000e6);
        f = flight(1);
        (id, premium) = buyAs(buyer, f, PAYOUT, 1);
        before = token.balanceOf(buyer);
    }

    function testPaysWhenLate() public {
        _pays(1, FlightOutcome.LATE);
    }

    function testPaysWhenCancelled() public {
        _pays(2, FlightOutcome.CANCELLED);
    }

    function testPaysWhenDiverted() public {
        _pays(3, FlightOutcome.DIVERTED);
    }

    function testPaysWhenStillFlying() public {
        _pays(4, FlightOutcome.STILL_FLYING);
    }

    function testClosesWhenOnTime() public {
        answer(f, 0);
        uint256 assets = pool.totalAssets();
        vm.expectEmit(address(cover));
        emit IFlightCover.FlightSettled(idOf(f), FlightOutcome.ON_TIME);
        vm.expectEmit(address(cover));
        emit IFlightCover.PolicyClosed(id);
        vm.expectEmit(address(pool));
        emit ICoverPool.Released(PAYOUT, 0);
        _ends(PolicyState.CLOSED);
        vm.assertEq(token.balanceOf(buyer), before);
        // The premium becomes the providers' own.
        vm.assertEq(pool.totalAssets(), assets + premium);
    }

    function testRefundsWhenUnresolved() public {
        accept(f, Outcome.UNRESOLVED, 0);
        warpTo(clock + LIVENESS);
        _refunds(FlightOutcome.UNRESOLVED);
    }

    function testRefundsAfterTheDeadline() public {
        warpTo(f.arrivesAt + ANSWER_WINDOW + 1);
        _refunds(FlightOutcome.EXPIRED);
    }

    function testRefundsAfterTheQuestionWasCancelled() public {
        QuestionSpec memory s = cover.questionOf(idOf(f));
        warpTo(s.answerBy + 1);
        oracle.cancel(s);
        _refunds(FlightOutcome.EXPIRED);
    }

    /// An answer that came in time counts even when its liveness ends after the deadline.
    function testLateFinalityIsNotExpiry() public {
        QuestionSpec memory s = cover.questionOf(idOf(f));
        warpTo(s.answerBy);
        accept(f, Outcome.ANSWERED, 1);
        warpTo(s.answerBy + LIVENESS - 1);
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverNotSettled.selector, idOf(f), s.answerBy));
        cover.payOut(id);
        warpTo(s.answerBy + LIVENESS);
        _ends(PolicyState.PAID);
    }

    function testRefusesBeforeThereIsAnAnswer() public {
        uint40 answerBy = f.arrivesAt + ANSWER_WINDOW;
        bytes memory notSettled =
            abi.encodeWithSelector(FlightCover.CoverNotSettled.selector, idOf(f), answerBy);
        vm.expectRevert(notSettled);
        cover.settle(idOf(f));
        warpTo(answerBy);
        vm.expectRevert(notSettled);
        cover.payOut(id);
    }

    function testRefusesWithinLiveness() public {
        accept(f, Outcome.ANSWERED, 2);
        warpTo(clock + LIVENESS - 1);
        vm.expectRevert(
            abi.encodeWithSelector(FlightCover.CoverNotSettled.selector, idOf(f), f.arrivesAt + ANSWER_WINDOW)
        );
        cover.payOut(id);
    }

    function testTooEarlyLeavesTheFlightOpen() public {
        accept(f, Outcome.TOO_EARLY, 0);
        vm.expectRevert(
            abi.encodeWithSelector(FlightCover.CoverNotSettled.selector, idOf(f), f.arrivesAt + ANSWER_WINDOW)
        );
        cover.payOut(id);
        answer(f, 1);
        _ends(PolicyState.PAID);
    }

    function testRefusesToPayTwice() public {
        answer(f, 1);
        cover.payOut(id);
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverNotLive.selector, id, PolicyState.PAID));
        cover.payOut(id);
        vm.assertEq(token.balanceOf(buyer), before + PAYOUT);
    }

    function testRefusesToCloseOrRefundTwice() public {
        warpTo(f.arrivesAt + ANSWER_WINDOW + 1);
        cover.payOut(id);
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverNotLive.selector, id, PolicyState.REFUNDED));
        cover.payOut(id);
    }

    function testRefusesUnknownNames() public {
        PolicyId noPolicy = PolicyId.wrap(keccak256("no policy"));
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverUnknownPolicy.selector, noPolicy));
        cover.payOut(noPolicy);
        FlightId noFlight = FlightId.wrap(keccak256("no flight"));
        bytes memory unknown = abi.encodeWithSelector(FlightCover.CoverUnknownFlight.selector, noFlight);
        vm.expectRevert(unknown);
        cover.settle(noFlight);
        vm.expectRevert(unknown);
        cover.questionOf(noFlight);
    }

    function testSettlingTwiceChangesNothing() public {
        answer(f, 3);
        vm.assertEq(uint256(cover.settle(idOf(f))), uint256(FlightOutcome.DIVERTED));
        vm.assertEq(uint256(cover.settle(idOf(f))), uint256(FlightOutcome.DIVERTED));
        vm.assertEq(pool.totalReserved(), PAYOUT);
    }

    function testPaysEveryPolicyOfAFlight() public {
        (PolicyId second, uint256 secondPremium) = buyAs(buyer, f, 2 * PAYOUT, 2);
        answer(f, 1);
        cover.payOut(second);
        vm.assertEq(pool.totalReserved(), PAYOUT);
        vm.assertEq(cover.flightOf(idOf(f)).exposure, PAYOUT);
        vm.assertEq(uint256(cover.flightOf(idOf(f)).livePolicies), 1);
        cover.payOut(id);
        vm.assertEq(token.balanceOf(buyer), before - secondPremium + 3 * PAYOUT);
        _released();
    }

    /// What is owed does not wait for the oracle to speak again.
    function testPaysWhileTheOracleIsSilent() public {
        answer(f, 1);
        warpTo(clock + 30 days);
        vm.assertGt(uint256(clock), uint256(oracle.lastReportAt()) + MAX_SILENCE);
        _ends(PolicyState.PAID);
        vm.assertEq(token.balanceOf(buyer), before + PAYOUT);
    }

    /// The money goes to the holder, whoever calls, and a provider's exit cannot take it first.
    function testPaysTheHolderAfterEveryProviderLeft() public {
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(clock + EXIT_DELAY);
        uint256 shares = pool.maxRedeem(provider);
        vm.assertGt(shares, 0);
        vm.prank(provider);
        pool.redeem(shares, provider, provider);
        answer(f, 1);
        vm.prank(address(0xe15e));
        cover.payOut(id);
        vm.assertEq(token.balanceOf(buyer), before + PAYOUT);
    }

    function testGasOfAPayout() public {
        answer(f, 1);
        cover.payOut(id);
        vm.snapshotGasLastCall("cover", "pay out");
    }

    function _pays(uint256 value, FlightOutcome outcome) private {
        answer(f, value);
        vm.expectEmit(address(cover));
        emit IFlightCover.FlightSettled(idOf(f), outcome);
        vm.expectEmit(address(cover));
        emit IFlightCover.PolicyPaid(id, buyer, PAYOUT);
        vm.expectEmit(address(pool));
        emit ICoverPool.Released(PAYOUT, 0);
        vm.expectEmit(address(pool));
        emit ICoverPool.PaidOut(buyer, PAYOUT);
        _ends(PolicyState.PAID);
        vm.assertEq(token.balanceOf(buyer), before + PAYOUT);
        vm.assertEq(uint256(cover.flightOf(idOf(f)).outcome), uint256(outcome));
    }

    function _refunds(FlightOutcome outcome) private {
        vm.expectEmit(address(cover));
        emit IFlightCover.FlightSettled(idOf(f), outcome);
        vm.expectEmit(address(cover));
        emit IFlightCover.PolicyRefunded(id, buyer, premium);
        vm.expectEmit(address(pool));
        emit ICoverPool.PaidOut(buyer, premium);
        _ends(PolicyState.REFUNDED);
        vm.assertEq(token.balanceOf(buyer), before + premium);
    }

    function _ends(PolicyState state) private {
        vm.assertEq(uint256(cover.payOut(id)), uint256(state));
        vm.assertEq(uint256(cover.policyOf(id).state), uint256(state));
        _released();
    }

    function _released() private view {
        vm.assertEq(pool.totalReserved(), 0);
        vm.assertEq(pool.unearnedPremiums(), 0);
        FlightStateView memory settled = cover.flightOf(idOf(f));
        vm.assertEq(settled.exposure, 0);
        vm.assertEq(uint256(settled.livePolicies), 0);
        vm.assertEq(cover.cellExposure(f.cell), 0);
        vm.assertEq(cover.airportDayExposure(keccak256(abi.encode(f.origin, f.day))), 0);
    }
}
