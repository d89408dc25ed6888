// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { FlightFeatures, FlightId } from "../../src/cover/FlightLib.sol";
import { FlightOutcome, Policy, PolicyId, PolicyState } from "../../src/cover/IFlightCover.sol";
import { Outcome, QuestionSpec } from "../../src/oracle/IOracle.sol";
import { CoverFixture } from "../cover/CoverFixture.sol";
import { Test } from "../support/Test.sol";

/// Buys, answers, ends policies, moves capital and lets time pass, at random, against the real contracts.
contract CoverHandler is CoverFixture {
    FlightFeatures[] private _sold;
    mapping(FlightId id => bool) private _isAnswered;
    PolicyId[] public policies;
    /// How often a policy ended with money for its holder.
    mapping(PolicyId id => uint256) public timesPaid;
    uint256 public bought;
    uint256 public paid;
    uint256 public refunded;
    uint256 public closed;
    uint16 private _numbers;
    uint64 private _salts;
    address[3] private _buyers = [address(0xb001), address(0xb002), address(0xb003)];

    /// Chain time is this handler's clock, whatever the runner does with warps between calls.
    modifier onTime() {
        vm.warp(clock);
        _;
    }

    constructor() {
        deployCover(100_000e6);
        for (uint256 i = 0; i < 3; ++i) {
            prepareBuyer(_buyers[i], 50_000e6);
        }
    }

    /// A sale on a new flight.
    function buyNew(uint256 who, uint256 lead, uint256 payout, uint8 first) public onTime {
        FlightFeatures memory f = flight(++_numbers);
        f.departsAt = clock + MIN_LEAD + uint40(lead % 1800);
        f.arrivesAt = f.departsAt + 30 minutes;
        f.cell = _numbers % 3;
        f.day = 20_130_115 + _numbers % 3;
        if (_buy(f, who, payout, first)) _sold.push(f);
    }

    /// A sale on a flight that has policies, where it is still on sale; the first sale of all is on a new flight.
    function buyAgain(uint256 who, uint256 which, uint256 payout, uint8 first) public onTime {
        if (_sold.length == 0) return buyNew(who, which, payout, first);
        FlightFeatures memory f = _sold[which % _sold.length];
        if (clock + MIN_LEAD <= f.departsAt) _buy(f, who, payout, first);
    }

    /// Answers a flight when it has landed in time; 5 stands for UNRESOLVED.
    function answerFlight(uint256 which, uint256 value) public onTime {
        if (_sold.length == 0) return;
        FlightFeatures memory f = _sold[which % _sold.length];
        if (_isAnswered[idOf(f)] || clock > f.arrivesAt + ANSWER_WINDOW) return;
        _isAnswered[idOf(f)] = true;
        value = bound(value, 0, 5);
        if (value == 5) accept(f, Outcome.UNRESOLVED, 0);
        else accept(f, Outcome.ANSWERED, value);
    }

    /// Ends a live policy whose flight has a final answer or none after the deadline; refuses a second time.
    function endPolicy(uint256 which) public onTime {
        if (policies.length == 0) return;
        PolicyId id = policies[which % policies.length];
        Policy memory policy = cover.policyOf(id);
        uint256 before = token.balanceOf(policy.holder);
        try cover.payOut(id) returns (PolicyState state) {
            uint256 got = token.balanceOf(policy.holder) - before;
            if (state == PolicyState.PAID) {
                vm.assertEq(got, policy.payout);
                ++paid;
                ++timesPaid[id];
            } else if (state == PolicyState.REFUNDED) {
                vm.assertEq(got, policy.premium);
                ++refunded;
                ++timesPaid[id];
            } else {
                vm.assertEq(got, 0);
                ++closed;
            }
        } catch {
            bool isOver = policy.state != PolicyState.LIVE;
            vm.assertTrue(isOver || !_canEnd(policy.flightId), "refused to end a policy that could end");
            vm.assertEq(token.balanceOf(policy.holder), before);
        }
    }

    /// A provider deposits, announces an exit of at most a quarter (an empty pool would test nothing), exits or donates.
    function moveCapital(uint256 kind, uint256 amount) public onTime {
        if (kind % 4 == 0) {
            fund(provider, bound(amount, 1, 5_000e6));
            uint256 held = token.balanceOf(provider);
            vm.prank(provider);
            pool.deposit(held, provider);
        } else if (kind % 4 == 1) {
            uint256 shares = bound(amount, 0, pool.balanceOf(provider) / 4);
            vm.prank(provider);
            pool.requestExit(shares);
        } else if (kind % 4 == 2) {
            uint256 most = pool.maxRedeem(provider);
            if (most == 0) return;
            vm.prank(provider);
            pool.redeem(bound(amount, 1, most), provider, provider);
        } else {
            uint256 gift = bound(amount, 1, 100e6);
            fund(provider, gift);
            vm.prank(provider);
            token.transfer(address(pool), gift);
        }
    }

    function warpOn(uint256 span) public onTime {
        warpTo(clock + uint40(bound(span, 1, 1 hours)));
    }

    /// Ends whatever is open: each flight still answerable is late, the others are past their deadline.
    function endAll() external onTime {
        for (uint256 i = 0; i < _sold.length; ++i) {
            answerFlight(i, 1);
        }
        warpTo(clock + LIVENESS);
        for (uint256 i = 0; i < policies.length; ++i) {
            if (cover.policyOf(policies[i]).state == PolicyState.LIVE) endPolicy(i);
        }
    }

    function flights() external view returns (FlightId[] memory ids) {
        ids = new FlightId[](_sold.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = idOf(_sold[i]);
        }
    }

    /// The sums over live policies, from the policies themselves.
    function livePayouts() external view returns (uint256 payouts, uint256 premiums) {
        for (uint256 i = 0; i < policies.length; ++i) {
            Policy memory policy = cover.policyOf(policies[i]);
            if (policy.state != PolicyState.LIVE) continue;
            payouts += policy.payout;
            premiums += policy.premium;
        }
    }

    function livePayoutsOf(FlightId id) external view returns (uint256 payouts, uint256 count) {
        for (uint256 i = 0; i < policies.length; ++i) {
            Policy memory policy = cover.policyOf(policies[i]);
            bool isHere = FlightId.unwrap(policy.flightId) == FlightId.unwrap(id);
            if (policy.state != PolicyState.LIVE || !isHere) continue;
            payouts += policy.payout;
            ++count;
        }
    }

    function policyCount() external view returns (uint256) {
        return policies.length;
    }

    function poolState()
        external
        view
        returns (uint256 balance, uint256 reserved, uint256 unearned, uint256 byCells, uint256 byDays)
    {
        balance = token.balanceOf(address(pool));
        reserved = pool.totalReserved();
        unearned = pool.unearnedPremiums();
        for (uint32 cell = 0; cell < 3; ++cell) {
            byCells += cover.cellExposure(cell);
            byDays += cover.airportDayExposure(keccak256(abi.encode(bytes3("EWR"), 20_130_115 + cell)));
        }
    }

    function flightState(FlightId id) external view returns (uint256 exposure, uint256 livePolicies) {
        return (cover.flightOf(id).exposure, cover.flightOf(id).livePolicies);
    }

    /// Counted as nothing where the limits leave no room.
    function _buy(FlightFeatures memory f, uint256 who, uint256 payout, uint8 first) private returns (bool) {
        payout = bound(payout, 10e6, 2000e6);
        f.features = features(uint8(bound(first, 0, 120)));
        f.observedAt = clock;
        heartbeat();
        try cover.quote(f, payout) {
            if (pool.capacity() < payout) return false;
        } catch {
            return false;
        }
        (PolicyId id,) = buyAs(_buyers[who % 3], f, payout, ++_salts);
        policies.push(id);
        ++bought;
        return true;
    }

    function _canEnd(FlightId id) private view returns (bool) {
        if (cover.flightOf(id).outcome != FlightOutcome.OPEN) return true;
        QuestionSpec memory s = cover.questionOf(id);
        if (!_isAnswered[id]) return clock > s.answerBy;
        return clock >= oracle.answerOf(oracle.questionIdOf(s)).acceptedAt + LIVENESS;
    }
}

contract CoverInvariantTest is Test {
    CoverHandler private handler;

    function setUp() public {
        handler = new CoverHandler();
        targetContract(address(handler));
    }

    /// Solvency. `balance >= reserved` alone would let refunds eat payouts: both claims are held at once, because until
    /// its flight is settled a policy may end either way. It holds by strict steps: a sale reserves at most 80 % of what
    /// is not unearned, and exits and fees leave the reserve.
    function invariantBalanceCoversEveryClaim() public view {
        (uint256 balance, uint256 reserved, uint256 unearned,,) = handler.poolState();
        vm.assertGe(balance, reserved + unearned, "claims exceed the balance");
    }

    /// What the pool holds back is exactly what the live policies may claim: neither lost nor counted twice.
    function invariantReserveEqualsLivePolicies() public view {
        (uint256 payouts, uint256 premiums) = handler.livePayouts();
        (, uint256 reserved, uint256 unearned, uint256 byCells, uint256 byDays) = handler.poolState();
        vm.assertEq(reserved, payouts, "reserve");
        vm.assertEq(unearned, premiums, "premiums");
        vm.assertEq(byCells, payouts, "cells");
        vm.assertEq(byDays, payouts, "airport-days");
    }

    function invariantFlightExposureEqualsItsPolicies() public view {
        FlightId[] memory ids = handler.flights();
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256 payouts, uint256 count) = handler.livePayoutsOf(ids[i]);
            (uint256 exposure, uint256 livePolicies) = handler.flightState(ids[i]);
            vm.assertEq(exposure, payouts, "flight exposure");
            vm.assertEq(livePolicies, count, "flight policies");
        }
    }

    function invariantNoPolicyIsPaidTwice() public view {
        uint256 count = handler.policyCount();
        for (uint256 i = 0; i < count; ++i) {
            vm.assertLe(handler.timesPaid(handler.policies(i)), 1, "paid twice");
        }
    }

    /// Every policy is somewhere: sold = live + paid + refunded + closed.
    function invariantEveryPolicyIsCounted() public view {
        uint256 live = 0;
        FlightId[] memory ids = handler.flights();
        for (uint256 i = 0; i < ids.length; ++i) {
            (, uint256 livePolicies) = handler.flightState(ids[i]);
            live += livePolicies;
        }
        vm.assertEq(handler.bought(), live + handler.paid() + handler.refunded() + handler.closed(), "count");
    }

    /// After any history everything can be ended, and then the cover still sells and pays.
    function afterInvariant() public {
        vm.assertGt(handler.bought(), 0, "a run that sold nothing proves nothing");
        handler.endAll();
        (uint256 payouts, uint256 premiums) = handler.livePayouts();
        (, uint256 reserved, uint256 unearned,,) = handler.poolState();
        vm.assertEq(payouts + premiums + reserved + unearned, 0, "something is left");
        (uint256 bought, uint256 paid) = (handler.bought(), handler.paid());
        handler.buyNew(0, 0, 50e6, 30);
        handler.endAll();
        vm.assertEq(handler.bought(), bought + 1, "sells");
        vm.assertEq(handler.paid(), paid + 1, "pays");
    }
}
