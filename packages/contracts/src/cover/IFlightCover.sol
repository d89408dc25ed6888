// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { FlightFeatures, FlightId } from "./FlightLib.sol";
import { QuestionSpec } from "../oracle/IOracle.sol";

/// keccak256(abi.encode(holder, flightId, salt)): a quote bought twice is the same policy and refused.
type PolicyId is bytes32;

/// The parts of a price, base units of the pool's asset; premium = expected + margin + exposureCharge.
struct Quote {
    uint256 probabilityPpm;
    uint256 expectedLoss;
    uint256 margin;
    uint256 exposureCharge;
    uint256 premium;
}

enum FlightOutcome {
    OPEN,
    ON_TIME,
    LATE,
    CANCELLED,
    DIVERTED,
    STILL_FLYING,
    UNRESOLVED,
    EXPIRED
}

enum PolicyState {
    NONE,
    LIVE,
    PAID,
    REFUNDED,
    CLOSED
}

struct Policy {
    address holder;
    PolicyState state;
    uint96 payout;
    uint96 premium;
    FlightId flightId;
}

struct FlightStateView {
    FlightOutcome outcome;
    uint40 departsAt;
    uint40 arrivesAt;
    uint128 exposure;
    uint32 livePolicies;
}

/// @title Flight delay cover: late by 60 minutes or more, cancelled, diverted or still flying pays.
interface IFlightCover {
    event PolicyBought(
        PolicyId indexed id,
        address indexed holder,
        FlightId indexed flightId,
        uint256 payout,
        Quote quote,
        FlightFeatures report
    );
    event FlightSettled(FlightId indexed flightId, FlightOutcome outcome);
    event PolicyPaid(PolicyId indexed id, address indexed holder, uint256 payout);
    event PolicyRefunded(PolicyId indexed id, address indexed holder, uint256 premium);
    event PolicyClosed(PolicyId indexed id);
    event ForecastMoved(uint32 indexed cell, uint40 movedAt);

    /// Price now, without checking signatures. Reverts with the reason where nothing can be sold.
    function quote(FlightFeatures calldata report, uint256 payout) external view returns (Quote memory);
    /// Buys for msg.sender. The premium is pulled from msg.sender to the pool; refused above `maxPremium`.
    function buy(
        FlightFeatures calldata report,
        uint256 bitmap,
        bytes calldata signatures,
        uint256 payout,
        uint256 maxPremium,
        uint64 salt
    ) external returns (PolicyId id, uint256 premium);
    /// A quorum says that the forecast of a cell moved: quotes observed before are void.
    function moveForecast(uint32 cell, uint40 movedAt, uint256 bitmap, bytes calldata signatures) external;
    /// Reads the oracle's final answer (or its absence after the deadline) into the flight. Anyone.
    function settle(FlightId flightId) external returns (FlightOutcome);
    /// Pays, refunds or closes one policy, settling its flight first where needed. Anyone; the money goes to the holder.
    function payOut(PolicyId id) external returns (PolicyState);
    function policyOf(PolicyId id) external view returns (Policy memory);
    function flightOf(FlightId id) external view returns (FlightStateView memory);
    function policyIdOf(address holder, FlightId flightId, uint64 salt) external pure returns (PolicyId);
    /// The oracle question of a flight, exactly as asked.
    function questionOf(FlightId flightId) external view returns (QuestionSpec memory);
}
