// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { CoverPool } from "../../src/cover/CoverPool.sol";
import { CoverConfig, FlightCover } from "../../src/cover/FlightCover.sol";
import { FlightFeatures, FlightId, FlightLib } from "../../src/cover/FlightLib.sol";
import { PolicyId } from "../../src/cover/IFlightCover.sol";
import { ModelId } from "../../src/models/IModelRegistry.sol";
import { Outcome, QuestionSpec, Report } from "../../src/oracle/IOracle.sol";
import { IReportVerifier } from "../../src/oracle/IReportVerifier.sol";
import { OracleFixture } from "../oracle/OracleFixture.sol";

/// Cover over the real oracle with five bonded reporters, a registered model and a seeded pool.
abstract contract CoverFixture is OracleFixture {
    /// The first four of five reporters: exactly a quorum.
    uint256 internal constant FOUR = 0x0f;
    uint40 internal constant START = 1_800_000_000;
    uint40 internal constant MIN_LEAD = 3600;
    uint40 internal constant MAX_LEAD = 6 * 3600;
    uint40 internal constant QUOTE_VALIDITY = 120;
    uint32 internal constant LIVENESS = 60;
    uint40 internal constant ANSWER_WINDOW = 1440;
    uint40 internal constant MAX_SILENCE = 180;
    uint40 internal constant EXIT_DELAY = 600;
    /// Sixteen inputs, one layer, weight 1 on the first; knots (0, 0) and (127, 635000): 5,000 ppm a unit of input 0.
    bytes internal constant MODEL =
        hex"4c494d310010010001000002010000000000000000000000000000000000000000000000000000000000007f0009b078";

    FlightCover internal cover;
    CoverPool internal pool;
    ModelId internal modelId;
    address internal provider = address(0x9001);
    address internal buyer = address(0xb0e5);
    /// Chain time as the test set it: the optimiser takes block.timestamp for constant in a call, across warps too.
    uint40 internal clock;

    function deployCover(uint256 seed) internal {
        deploy(5);
        clock = START;
        modelId = models.register(MODEL, keccak256("manifest"));
        cover = new FlightCover(coverConfig());
        pool = cover.pool();
        fundMany(provider, seed);
        vm.startPrank(provider);
        token.approve(address(pool), type(uint256).max);
        pool.deposit(seed, provider);
        vm.stopPrank();
        prepareBuyer(buyer, 50_000e6);
        heartbeat();
    }

    function coverConfig() internal view returns (CoverConfig memory) {
        return CoverConfig({
            asset: IERC20(address(token)),
            oracle: oracle,
            verifier: IReportVerifier(address(set)),
            models: models,
            modelId: modelId,
            minLead: MIN_LEAD,
            maxLead: MAX_LEAD,
            quoteValidity: QUOTE_VALIDITY,
            liveness: LIVENESS,
            answerWindow: ANSWER_WINDOW,
            maxSilence: MAX_SILENCE,
            exitDelay: EXIT_DELAY,
            minPayout: 10e6,
            maxPayout: 2000e6,
            minProbabilityPpm: 2000,
            maxProbabilityPpm: 600_000,
            marginBps: 2000,
            capitalChargeBps: 200,
            flightLimitBps: 500,
            airportDayLimitBps: 2500,
            cellLimitBps: 4000,
            maxUtilisationBps: 8000
        });
    }

    function fundMany(address to, uint256 amount) internal {
        uint256 limit = token.FAUCET_LIMIT();
        while (amount > 0) {
            uint256 part = amount > limit ? limit : amount;
            fund(to, part);
            amount -= part;
        }
    }

    function prepareBuyer(address who, uint256 amount) internal {
        fundMany(who, amount);
        vm.prank(who);
        token.approve(address(cover), type(uint256).max);
    }

    function warpTo(uint40 to) internal {
        clock = to;
        vm.warp(to);
    }

    /// A report with an empty root, as reporters send when there is nothing to answer.
    function heartbeat() internal {
        submitAt(bytes32(0));
    }

    function submitAt(bytes32 root) internal returns (uint40 round) {
        round = oracle.lastRound() + 1;
        Report memory r = Report(round, clock - 2, clock, root, keccak256("observations"));
        oracle.submit(r, FOUR, signAll(reportDigest(separator(), set.configDigest(), r), FOUR));
    }

    /// A flight that leaves in five hours and flies for two; probability 5,000 ppm × 20.
    function flight(uint16 number) internal view returns (FlightFeatures memory) {
        return FlightFeatures({
            carrier: "UA",
            number: number,
            origin: "EWR",
            destination: "ORD",
            departsAt: START + 5 hours,
            arrivesAt: START + 7 hours,
            features: features(20),
            observedAt: clock,
            day: 20_130_115,
            cell: 7
        });
    }

    function features(uint8 first) internal pure returns (bytes16) {
        return bytes16(uint128(first) << 120);
    }

    function idOf(FlightFeatures memory f) internal pure returns (FlightId) {
        return FlightId.wrap(
            keccak256(abi.encode(f.carrier, f.number, f.origin, f.destination, f.departsAt, f.arrivesAt))
        );
    }

    function coverDigest(bytes32 structHash, uint256 chainId, address verifier)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Lichen FlightCover"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function structHashOf(FlightFeatures memory f) internal pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(
                    FlightLib.FLIGHT_FEATURES_TYPEHASH,
                    f.carrier,
                    f.number,
                    f.origin,
                    f.destination,
                    f.departsAt
                ),
                abi.encode(f.arrivesAt, f.features, f.observedAt, f.day, f.cell)
            )
        );
    }

    function signFeatures(FlightFeatures memory f, uint256 bitmap) internal view returns (bytes memory) {
        return signAll(coverDigest(structHashOf(f), block.chainid, address(cover)), bitmap);
    }

    function signNotice(uint32 cell, uint40 movedAt, uint256 bitmap) internal view returns (bytes memory) {
        bytes32 structHash =
            keccak256(abi.encode(keccak256("ForecastNotice(uint32 cell,uint40 movedAt)"), cell, movedAt));
        return signAll(coverDigest(structHash, block.chainid, address(cover)), bitmap);
    }

    function buyAs(address who, FlightFeatures memory f, uint256 payout, uint64 salt)
        internal
        returns (PolicyId id, uint256 premium)
    {
        bytes memory signatures = signFeatures(f, FOUR);
        vm.prank(who);
        return cover.buy(f, FOUR, signatures, payout, type(uint256).max, salt);
    }

    /// Accepts an answer after arrival, by a round of one leaf.
    function accept(FlightFeatures memory f, Outcome outcome, uint256 value) internal {
        if (clock < f.arrivesAt) warpTo(f.arrivesAt);
        QuestionSpec memory s = cover.questionOf(idOf(f));
        bytes32 evidence = bytes32(uint256(5));
        uint40 round = submitAt(leafOf(s, outcome, bytes32(value), 9_000, evidence));
        oracle.accept(s, round, outcome, bytes32(value), 9_000, evidence, new bytes32[](0));
    }

    /// Accepts an answer and lets its liveness pass. Values: 0 on time, 1 late, 2 cancelled, 3 diverted, 4 still flying.
    function answer(FlightFeatures memory f, uint256 value) internal {
        accept(f, Outcome.ANSWERED, value);
        warpTo(clock + LIVENESS);
    }
}
