// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IModelRegistry, ModelId } from "../models/IModelRegistry.sol";
import { IOracle, Outcome, QuestionId, QuestionSpec, Status } from "../oracle/IOracle.sol";
import { IReportVerifier } from "../oracle/IReportVerifier.sol";
import { CoverPool } from "./CoverPool.sol";
import { FlightFeatures, FlightId, FlightLib } from "./FlightLib.sol";
import {
    FlightOutcome,
    FlightStateView,
    IFlightCover,
    Policy,
    PolicyId,
    PolicyState,
    Quote
} from "./IFlightCover.sol";
import { PremiumLib } from "./PremiumLib.sol";

struct CoverConfig {
    IERC20 asset;
    IOracle oracle;
    IReportVerifier verifier;
    IModelRegistry models;
    ModelId modelId;
    /// Seconds between the close of sales and departure.
    uint40 minLead;
    /// Seconds between the opening of sales and departure: the model is trained on nothing earlier.
    uint40 maxLead;
    /// Seconds from the observation for which a quote holds.
    uint40 quoteValidity;
    /// Seconds from ACCEPTED to FINAL of the flight's question.
    uint32 liveness;
    /// Seconds after scheduled arrival by which the oracle must have answered, else premiums are refunded.
    uint40 answerWindow;
    /// Seconds without a report after which nothing is sold.
    uint40 maxSilence;
    /// Seconds between a provider's announcement and its exit.
    uint40 exitDelay;
    uint96 minPayout;
    uint96 maxPayout;
    uint32 minProbabilityPpm;
    uint32 maxProbabilityPpm;
    uint16 marginBps;
    uint16 capitalChargeBps;
    /// Limits as shares of the pool's assets.
    uint16 flightLimitBps;
    uint16 airportDayLimitBps;
    uint16 cellLimitBps;
    uint16 maxUtilisationBps;
}

/// @title Flight delay cover. See IFlightCover.
/// @dev One slot a flight, two a policy. The answer is pulled from the oracle when somebody settles, so no callback
/// stands between a holder and the money.
contract FlightCover is IFlightCover, EIP712 {
    using SafeERC20 for IERC20;

    error CoverBadConfig(string field);
    error CoverPayoutOutOfBounds(uint256 got, uint256 least, uint256 most);
    error CoverTooLikely(uint256 gotPpm, uint256 mostPpm);
    error CoverSalesClosed(uint256 got, uint256 wanted);
    error CoverSalesNotOpen(uint256 got, uint256 wanted);
    error CoverBadSchedule(uint256 departsAt, uint256 arrivesAt);
    error CoverQuoteExpired(uint256 got, uint256 wanted);
    error CoverQuoteFromFuture(uint256 got, uint256 wanted);
    error CoverForecastMoved(uint256 got, uint256 wanted);
    error CoverOracleSilent(uint256 got, uint256 wanted);
    error CoverFlightLimit(uint256 got, uint256 wanted);
    error CoverAirportDayLimit(uint256 got, uint256 wanted);
    error CoverCellLimit(uint256 got, uint256 wanted);
    error CoverPriceMoved(uint256 got, uint256 wanted);
    error CoverAlreadyBought(PolicyId id);
    error CoverUnknownFlight(FlightId id);
    error CoverUnknownPolicy(PolicyId id);
    error CoverNotLive(PolicyId id, PolicyState got);
    error CoverNotSettled(FlightId id, uint256 answerBy);
    error CoverNoticeOutOfOrder(uint256 got, uint256 wanted);

    /// One slot: 40 + 24 + 8 + 64 + 24 + 24 + 32 + 32 = 248 bits.
    struct FlightSlot {
        uint40 arrivesAt;
        uint24 duration;
        FlightOutcome outcome;
        /// Payouts of live policies, base units.
        uint64 exposure;
        uint24 livePolicies;
        bytes3 origin;
        uint32 day;
        uint32 cell;
    }

    /// Two slots: 160 + 8 + 48 + 40 = 256 bits, and the flight.
    struct PolicySlot {
        address holder;
        PolicyState state;
        uint48 payout;
        uint40 premium;
        FlightId flightId;
    }

    bytes32 private constant FORECAST_NOTICE_TYPEHASH =
        keccak256("ForecastNotice(uint32 cell,uint40 movedAt)");
    /// Topic of flight-status questions; equals `flightTopic` in protocol.
    bytes32 public constant TOPIC = keccak256("lichen.flight-status.v1");
    /// Oracle fees are prepaid for this many questions at a time, so that a usual sale moves no fee.
    uint256 private constant FEE_BATCH = 64;
    uint256 private constant BPS = 10_000;

    CoverPool public immutable pool;
    IERC20 public immutable asset;
    IOracle public immutable oracle;
    IReportVerifier public immutable verifier;
    IModelRegistry public immutable models;
    ModelId public immutable modelId;
    uint40 public immutable minLead;
    uint40 public immutable maxLead;
    uint40 public immutable quoteValidity;
    uint32 public immutable liveness;
    uint40 public immutable answerWindow;
    uint40 public immutable maxSilence;
    uint256 public immutable minPayout;
    uint256 public immutable maxPayout;
    uint256 public immutable minProbabilityPpm;
    uint256 public immutable maxProbabilityPpm;
    uint256 public immutable marginBps;
    uint256 public immutable capitalChargeBps;
    uint256 public immutable flightLimitBps;
    uint256 public immutable airportDayLimitBps;
    uint256 public immutable cellLimitBps;

    mapping(FlightId id => FlightSlot) private _flights;
    mapping(PolicyId id => PolicySlot) private _policies;
    /// Payouts of live policies by airport-day: keccak of (origin, day).
    mapping(bytes32 airportDay => uint256) public airportDayExposure;
    mapping(uint32 cell => uint256) public cellExposure;
    mapping(uint32 cell => uint40) public forecastMovedAt;

    constructor(CoverConfig memory c) EIP712("Lichen FlightCover", "1") {
        // With shares of at most one each, a premium is at most three payouts and fits the 40 bits of a policy.
        if (c.maxPayout > type(uint40).max / 4 || c.minPayout == 0) revert CoverBadConfig("payout");
        if (c.marginBps > BPS || c.capitalChargeBps > BPS) revert CoverBadConfig("terms");
        if (c.minProbabilityPpm > c.maxProbabilityPpm) revert CoverBadConfig("minProbabilityPpm");
        if (c.maxLead <= c.minLead) revert CoverBadConfig("maxLead");
        if (c.quoteValidity > c.minLead + c.answerWindow) revert CoverBadConfig("quoteValidity");
        if (c.maxProbabilityPpm > 1_000_000) revert CoverBadConfig("maxProbabilityPpm");
        if (c.flightLimitBps == 0 || c.airportDayLimitBps == 0 || c.cellLimitBps == 0) {
            revert CoverBadConfig("limits");
        }
        asset = c.asset;
        oracle = c.oracle;
        verifier = c.verifier;
        models = c.models;
        modelId = c.modelId;
        minLead = c.minLead;
        maxLead = c.maxLead;
        quoteValidity = c.quoteValidity;
        liveness = c.liveness;
        answerWindow = c.answerWindow;
        maxSilence = c.maxSilence;
        minPayout = c.minPayout;
        maxPayout = c.maxPayout;
        minProbabilityPpm = c.minProbabilityPpm;
        maxProbabilityPpm = c.maxProbabilityPpm;
        marginBps = c.marginBps;
        capitalChargeBps = c.capitalChargeBps;
        flightLimitBps = c.flightLimitBps;
        airportDayLimitBps = c.airportDayLimitBps;
        cellLimitBps = c.cellLimitBps;
        pool = new CoverPool(c.asset, address(this), c.exitDelay, c.maxUtilisationBps);
    }

    /// @inheritdoc IFlightCover
    function quote(FlightFeatures calldata report, uint256 payout) external view returns (Quote memory) {
        _checkSale(report, payout);
        return _price(report, payout, _flights[FlightLib.idOf(report)]);
    }

    /// @inheritdoc IFlightCover
    function buy(
        FlightFeatures calldata report,
        uint256 bitmap,
        bytes calldata signatures,
        uint256 payout,
        uint256 maxPremium,
        uint64 salt
    ) external returns (PolicyId id, uint256 premium) {
        _checkSale(report, payout);
        verifier.verify(_hashTypedDataV4(FlightLib.structHashOf(report)), bitmap, signatures);
        FlightId flightId = FlightLib.idOf(report);
        FlightSlot memory flight = _flights[flightId];
        Quote memory price = _price(report, payout, flight);
        premium = price.premium;
        if (premium > maxPremium) revert CoverPriceMoved(premium, maxPremium);
        id = policyIdOf(msg.sender, flightId, salt);
        if (_policies[id].state != PolicyState.NONE) revert CoverAlreadyBought(id);

        bool isFirst = flight.arrivesAt == 0;
        if (isFirst) {
            flight.arrivesAt = report.arrivesAt;
            flight.duration = uint24(report.arrivesAt - report.departsAt);
            flight.origin = report.origin;
            flight.day = report.day;
            flight.cell = report.cell;
        }
        flight.exposure += uint64(payout);
        flight.livePolicies += 1;
        _flights[flightId] = flight;
        // The keys of the first sale count for the flight, whatever a later report says.
        airportDayExposure[_airportDayOf(flight.origin, flight.day)] += payout;
        cellExposure[flight.cell] += payout;
        _policies[id] = PolicySlot(msg.sender, PolicyState.LIVE, uint48(payout), uint40(premium), flightId);
        emit PolicyBought(id, msg.sender, flightId, payout, price, report);

        asset.safeTransferFrom(msg.sender, address(pool), premium);
        pool.reserve(payout, premium);
        if (isFirst) _ask(flightId, flight);
    }

    /// @inheritdoc IFlightCover
    function moveForecast(uint32 cell, uint40 movedAt, uint256 bitmap, bytes calldata signatures) external {
        uint40 last = forecastMovedAt[cell];
        if (movedAt <= last) revert CoverNoticeOutOfOrder(movedAt, last);
        if (movedAt > block.timestamp) revert CoverQuoteFromFuture(movedAt, block.timestamp);
        verifier.verify(
            _hashTypedDataV4(keccak256(abi.encode(FORECAST_NOTICE_TYPEHASH, cell, movedAt))),
            bitmap,
            signatures
        );
        forecastMovedAt[cell] = movedAt;
        emit ForecastMoved(cell, movedAt);
    }

    /// @inheritdoc IFlightCover
    function settle(FlightId flightId) public returns (FlightOutcome outcome) {
        FlightSlot storage flight = _flights[flightId];
        if (flight.arrivesAt == 0) revert CoverUnknownFlight(flightId);
        outcome = flight.outcome;
        if (outcome != FlightOutcome.OPEN) return outcome;
        outcome = _outcomeNow(flightId, flight.arrivesAt);
        flight.outcome = outcome;
        emit FlightSettled(flightId, outcome);
    }

    /// @inheritdoc IFlightCover
    function payOut(PolicyId id) external returns (PolicyState state) {
        PolicySlot memory policy = _policies[id];
        if (policy.state == PolicyState.NONE) revert CoverUnknownPolicy(id);
        if (policy.state != PolicyState.LIVE) revert CoverNotLive(id, policy.state);
        FlightOutcome outcome = settle(policy.flightId);
        state = _stateAfter(outcome);

        _policies[id].state = state;
        FlightSlot memory flight = _flights[policy.flightId];
        flight.exposure -= uint64(policy.payout);
        flight.livePolicies -= 1;
        _flights[policy.flightId] = flight;
        airportDayExposure[_airportDayOf(flight.origin, flight.day)] -= policy.payout;
        cellExposure[flight.cell] -= policy.payout;

        if (state == PolicyState.PAID) {
            emit PolicyPaid(id, policy.holder, policy.payout);
            pool.payOut(policy.holder, policy.payout, policy.premium);
        } else if (state == PolicyState.REFUNDED) {
            emit PolicyRefunded(id, policy.holder, policy.premium);
            pool.refund(policy.holder, policy.payout, policy.premium);
        } else {
            emit PolicyClosed(id);
            pool.release(policy.payout, policy.premium);
        }
    }

    /// @inheritdoc IFlightCover
    function policyOf(PolicyId id) external view returns (Policy memory) {
        PolicySlot memory slot = _policies[id];
        return Policy(slot.holder, slot.state, slot.payout, slot.premium, slot.flightId);
    }

    /// @inheritdoc IFlightCover
    function flightOf(FlightId id) external view returns (FlightStateView memory) {
        FlightSlot memory slot = _flights[id];
        return FlightStateView(
            slot.outcome, slot.arrivesAt - slot.duration, slot.arrivesAt, slot.exposure, slot.livePolicies
        );
    }

    /// @inheritdoc IFlightCover
    function policyIdOf(address holder, FlightId flightId, uint64 salt) public pure returns (PolicyId) {
        return PolicyId.wrap(keccak256(abi.encode(holder, flightId, salt)));
    }

    /// @inheritdoc IFlightCover
    function questionOf(FlightId flightId) external view returns (QuestionSpec memory) {
        uint40 arrivesAt = _flights[flightId].arrivesAt;
        if (arrivesAt == 0) revert CoverUnknownFlight(flightId);
        return _questionOf(flightId, arrivesAt);
    }

    function _questionOf(FlightId flightId, uint40 arrivesAt) private view returns (QuestionSpec memory) {
        return QuestionSpec({
            asker: address(this),
            kind: 1,
            low: 0,
            high: 4,
            topic: TOPIC,
            subject: FlightId.unwrap(flightId),
            modelId: 0,
            inputHash: 0,
            opensAt: arrivesAt,
            answerBy: arrivesAt + answerWindow,
            liveness: liveness,
            callbackGas: 0,
            salt: 0
        });
    }

    function _ask(FlightId flightId, FlightSlot memory flight) private {
        QuestionSpec memory spec = _questionOf(flightId, flight.arrivesAt);
        uint256 fee = oracle.quote(spec);
        if (oracle.prepaidOf(address(this)) < fee) {
            uint256 amount = fee * FEE_BATCH;
            pool.spend(address(this), amount);
            asset.forceApprove(address(oracle), amount);
            oracle.prepay(address(this), amount);
        }
        oracle.ask(spec);
    }

    /// Everything that forbids a sale and needs no signature.
    function _checkSale(FlightFeatures calldata report, uint256 payout) private view {
        if (payout < minPayout || payout > maxPayout) {
            revert CoverPayoutOutOfBounds(payout, minPayout, maxPayout);
        }
        if (report.arrivesAt <= report.departsAt || report.arrivesAt - report.departsAt > type(uint24).max) {
            revert CoverBadSchedule(report.departsAt, report.arrivesAt);
        }
        if (block.timestamp + minLead > report.departsAt) {
            revert CoverSalesClosed(block.timestamp, uint256(report.departsAt) - minLead);
        }
        if (block.timestamp + maxLead < report.departsAt) {
            revert CoverSalesNotOpen(block.timestamp, uint256(report.departsAt) - maxLead);
        }
        if (report.observedAt > block.timestamp) {
            revert CoverQuoteFromFuture(report.observedAt, block.timestamp);
        }
        uint256 validUntil = uint256(report.observedAt) + quoteValidity;
        if (block.timestamp > validUntil) revert CoverQuoteExpired(block.timestamp, validUntil);
        uint256 movedAt = forecastMovedAt[report.cell];
        if (report.observedAt < movedAt) revert CoverForecastMoved(report.observedAt, movedAt);
        uint256 speaksUntil = uint256(oracle.lastReportAt()) + maxSilence;
        if (block.timestamp > speaksUntil) revert CoverOracleSilent(block.timestamp, speaksUntil);
    }

    function _price(FlightFeatures calldata report, uint256 payout, FlightSlot memory flight)
        private
        view
        returns (Quote memory)
    {
        int256 output = models.infer(modelId, abi.encodePacked(report.features));
        uint256 probabilityPpm = output > 0 ? uint256(output) : 0;
        if (probabilityPpm > maxProbabilityPpm) revert CoverTooLikely(probabilityPpm, maxProbabilityPpm);
        uint256 assets = pool.totalAssets();
        // Exposure is booked under the keys of the flight's first sale, so the limits are read there too.
        bool isFirst = flight.arrivesAt == 0;
        uint32 cell = isFirst ? report.cell : flight.cell;
        uint256 flightUse =
            _useOf(flight.exposure + payout, assets * flightLimitBps / BPS, CoverFlightLimit.selector);
        uint256 dayUse = _useOf(
            airportDayExposure[_airportDayOf(report.origin, isFirst ? report.day : flight.day)] + payout,
            assets * airportDayLimitBps / BPS,
            CoverAirportDayLimit.selector
        );
        uint256 cellUse =
            _useOf(cellExposure[cell] + payout, assets * cellLimitBps / BPS, CoverCellLimit.selector);
        uint256 highest = flightUse > dayUse ? flightUse : dayUse;
        if (cellUse > highest) highest = cellUse;
        return
            PremiumLib.priceUp(
                probabilityPpm, minProbabilityPpm, payout, marginBps, capitalChargeBps, highest
            );
    }

    /// Utilisation of a limit in parts per million, rounded up; reverts with the selector above the limit.
    function _useOf(uint256 exposure, uint256 limit, bytes4 selector) private pure returns (uint256) {
        if (exposure > limit) {
            bytes memory reason = abi.encodeWithSelector(selector, exposure, limit);
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        return PremiumLib.utilisationPpmUp(exposure, limit);
    }

    function _outcomeNow(FlightId flightId, uint40 arrivesAt) private view returns (FlightOutcome) {
        QuestionSpec memory spec = _questionOf(flightId, arrivesAt);
        try oracle.claim(spec) returns (Outcome outcome, bytes32 value) {
            if (outcome != Outcome.ANSWERED) return FlightOutcome.UNRESOLVED;
            // The oracle checked the bounds 0..4; the order of answers is that of FlightOutcome after OPEN.
            return FlightOutcome(uint256(value) + 1);
        } catch {
            Status status = oracle.answerOf(oracle.questionIdOf(spec)).status;
            bool isUnanswered =
                status == Status.NONE || status == Status.PENDING || status == Status.CANCELLED;
            if (isUnanswered && block.timestamp > spec.answerBy) return FlightOutcome.EXPIRED;
            revert CoverNotSettled(flightId, spec.answerBy);
        }
    }

    function _stateAfter(FlightOutcome outcome) private pure returns (PolicyState) {
        if (outcome == FlightOutcome.ON_TIME) return PolicyState.CLOSED;
        if (outcome == FlightOutcome.UNRESOLVED || outcome == FlightOutcome.EXPIRED) {
            return PolicyState.REFUNDED;
        }
        return PolicyState.PAID;
    }

    function _airportDayOf(bytes3 origin, uint32 day) private pure returns (bytes32) {
        return keccak256(abi.encode(origin, day));
    }
}
