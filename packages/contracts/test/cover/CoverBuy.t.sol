// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CoverConfig, FlightCover } from "../../src/cover/FlightCover.sol";
import { CoverPool } from "../../src/cover/CoverPool.sol";
import { FlightFeatures } from "../../src/cover/FlightLib.sol";
import { ICoverPool } from "../../src/cover/ICoverPool.sol";
import {
    FlightStateView,
    IFlightCover,
    Policy,
    PolicyId,
    PolicyState,
    Quote
} from "../../src/cover/IFlightCover.sol";
import { PremiumLib } from "../../src/cover/PremiumLib.sol";
import { IOracle, QuestionSpec, Status } from "../../src/oracle/IOracle.sol";
import { Quorum } from "../../src/oracle/Quorum.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { CoverFixture } from "./CoverFixture.sol";

contract CoverBuyTest is CoverFixture {
    uint256 private constant PAYOUT = 200e6;

    FlightFeatures private f;

    function setUp() public {
        deployCover(100_000e6);
        f = flight(1);
    }

    function testSellsAndRecords() public {
        Quote memory price = cover.quote(f, PAYOUT);
        PolicyId id = cover.policyIdOf(buyer, idOf(f), 7);
        uint256 assets = pool.totalAssets();
        uint256 fees = oracle.FEE() * 64;
        bytes memory signatures = signFeatures(f, FOUR);
        vm.expectEmit(address(cover));
        emit IFlightCover.PolicyBought(id, buyer, idOf(f), PAYOUT, price, f);
        vm.expectEmit(address(pool));
        emit ICoverPool.Reserved(PAYOUT, PAYOUT);
        vm.expectEmit(address(pool));
        emit ICoverPool.Spent(address(cover), fees);
        vm.expectEmit(address(oracle));
        emit IOracle.Prepaid(address(cover), address(cover), fees);
        vm.prank(buyer);
        (PolicyId got, uint256 premium) = cover.buy(f, FOUR, signatures, PAYOUT, price.premium, 7);

        vm.assertEq(PolicyId.unwrap(got), PolicyId.unwrap(id));
        vm.assertEq(premium, price.premium);
        Policy memory policy = cover.policyOf(id);
        vm.assertEq(policy.holder, buyer);
        vm.assertEq(uint256(policy.state), uint256(PolicyState.LIVE));
        vm.assertEq(policy.payout, PAYOUT);
        vm.assertEq(policy.premium, premium);
        FlightStateView memory sold = cover.flightOf(idOf(f));
        vm.assertEq(sold.departsAt, f.departsAt);
        vm.assertEq(sold.arrivesAt, f.arrivesAt);
        vm.assertEq(sold.exposure, PAYOUT);
        vm.assertEq(uint256(sold.livePolicies), 1);
        vm.assertEq(cover.cellExposure(f.cell), PAYOUT);
        vm.assertEq(cover.airportDayExposure(_airportDay(f)), PAYOUT);
        vm.assertEq(pool.unearnedPremiums(), premium);
        vm.assertEq(pool.totalAssets(), assets - fees);
        vm.assertEq(token.balanceOf(buyer), 50_000e6 - premium);
    }

    /// 100,000 ppm of 200: 20; margin 20 %: 4; charge 200 × 2 % × (200 / 5,000)²: 0.0064.
    function testPricesAsSpecified() public view {
        Quote memory price = cover.quote(f, PAYOUT);
        vm.assertEq(price.probabilityPpm, 100_000);
        vm.assertEq(price.expectedLoss, 20e6);
        vm.assertEq(price.margin, 4e6);
        vm.assertEq(price.exposureCharge, 6_400);
        vm.assertEq(price.premium, 24_006_400);
    }

    function testAsksOneQuestionAFlight() public {
        buyAs(buyer, f, PAYOUT, 1);
        QuestionSpec memory s = cover.questionOf(idOf(f));
        vm.assertEq(s.opensAt, f.arrivesAt);
        vm.assertEq(s.answerBy, f.arrivesAt + ANSWER_WINDOW);
        vm.assertEq(uint256(oracle.answerOf(oracle.questionIdOf(s)).status), uint256(Status.PENDING));
        uint256 left = oracle.prepaidOf(address(cover));
        buyAs(buyer, f, PAYOUT, 2);
        vm.assertEq(oracle.prepaidOf(address(cover)), left);
    }

    function testPrepaysTheOracleInBatches() public {
        uint256 fee = oracle.FEE();
        for (uint16 i = 1; i <= 64; ++i) {
            buyAs(buyer, flight(i), 10e6, 1);
        }
        vm.assertEq(oracle.prepaidOf(address(cover)), 0);
        buyAs(buyer, flight(65), 10e6, 1);
        vm.assertEq(oracle.prepaidOf(address(cover)), fee * 63);
    }

    function testRefusesPayoutOutOfBounds() public {
        _refused(f, 10e6 - 1, _error3(FlightCover.CoverPayoutOutOfBounds.selector, 10e6 - 1, 10e6, 2000e6));
        _refused(
            f, 2000e6 + 1, _error3(FlightCover.CoverPayoutOutOfBounds.selector, 2000e6 + 1, 10e6, 2000e6)
        );
    }

    function testRefusesBadSchedule() public {
        f.arrivesAt = f.departsAt;
        _refused(f, PAYOUT, _error2(FlightCover.CoverBadSchedule.selector, f.departsAt, f.arrivesAt));
        f.arrivesAt = f.departsAt + uint40(1 << 24);
        _refused(f, PAYOUT, _error2(FlightCover.CoverBadSchedule.selector, f.departsAt, f.arrivesAt));
    }

    function testSellsUntilTheLeadAndNotAfter() public {
        warpTo(f.departsAt - MIN_LEAD);
        heartbeat();
        f.observedAt = clock;
        buyAs(buyer, f, PAYOUT, 1);
        warpTo(clock + 1);
        _refused(f, PAYOUT, _error2(FlightCover.CoverSalesClosed.selector, clock, f.departsAt - MIN_LEAD));
    }

    function testSellsNothingBeforeTheLongestLead() public {
        f.departsAt = clock + MAX_LEAD;
        f.arrivesAt = f.departsAt + 2 hours;
        buyAs(buyer, f, PAYOUT, 1);
        f.departsAt += 1;
        _refused(f, PAYOUT, _error2(FlightCover.CoverSalesNotOpen.selector, clock, clock + 1));
    }

    function testHoldsAQuoteForItsValidity() public {
        warpTo(START + QUOTE_VALIDITY);
        buyAs(buyer, f, PAYOUT, 1);
        warpTo(clock + 1);
        _refused(f, PAYOUT, _error2(FlightCover.CoverQuoteExpired.selector, clock, START + QUOTE_VALIDITY));
    }

    function testRefusesQuoteFromTheFuture() public {
        f.observedAt = clock + 1;
        _refused(f, PAYOUT, _error2(FlightCover.CoverQuoteFromFuture.selector, clock + 1, clock));
    }

    function testRefusesWhenTooLikely() public {
        f.features = features(120);
        vm.assertEq(cover.quote(f, PAYOUT).probabilityPpm, 600_000);
        f.features = features(121);
        _refused(f, PAYOUT, _error2(FlightCover.CoverTooLikely.selector, 605_000, 600_000));
    }

    function testChargesTheLeastProbability() public {
        f.features = features(0);
        Quote memory price = cover.quote(f, PAYOUT);
        vm.assertEq(price.probabilityPpm, 0);
        vm.assertEq(price.expectedLoss, PAYOUT / 500);
    }

    function testRefusesWhileTheOracleIsSilent() public {
        warpTo(START + MAX_SILENCE + 1);
        f.observedAt = clock;
        _refused(f, PAYOUT, _error2(FlightCover.CoverOracleSilent.selector, clock, START + MAX_SILENCE));
        heartbeat();
        buyAs(buyer, f, PAYOUT, 1);
    }

    function testVoidsQuotesWhenTheForecastMoves() public {
        warpTo(START + 10);
        bytes memory notice = signNotice(f.cell, START + 5, FOUR);
        vm.expectEmit(address(cover));
        emit IFlightCover.ForecastMoved(f.cell, START + 5);
        cover.moveForecast(f.cell, START + 5, FOUR, notice);
        _refused(f, PAYOUT, _error2(FlightCover.CoverForecastMoved.selector, START, START + 5));
        FlightFeatures memory elsewhere = flight(2);
        elsewhere.cell = 8;
        elsewhere.observedAt = START;
        buyAs(buyer, elsewhere, PAYOUT, 1);
        f.observedAt = START + 5;
        buyAs(buyer, f, PAYOUT, 1);
    }

    function testRefusesForecastNotices() public {
        warpTo(START + 10);
        cover.moveForecast(7, START + 5, FOUR, signNotice(7, START + 5, FOUR));
        bytes memory notice = signNotice(7, START + 5, FOUR);
        vm.expectRevert(_error2(FlightCover.CoverNoticeOutOfOrder.selector, START + 5, START + 5));
        cover.moveForecast(7, START + 5, FOUR, notice);
        notice = signNotice(7, START + 11, FOUR);
        vm.expectRevert(_error2(FlightCover.CoverQuoteFromFuture.selector, START + 11, START + 10));
        cover.moveForecast(7, START + 11, FOUR, notice);
        notice = signNotice(7, START + 6, 0x07);
        vm.expectRevert(_error2(Quorum.QuorumNotReached.selector, 3, 4));
        cover.moveForecast(7, START + 6, 0x07, notice);
        notice = signNotice(8, START + 6, FOUR);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 3));
        cover.moveForecast(7, START + 6, FOUR, notice);
    }

    function testRefusesAboveTheFlightLimit() public {
        buyAs(buyer, f, 2000e6, 1);
        buyAs(buyer, f, 2000e6, 2);
        uint256 limit = pool.totalAssets() * 500 / 10_000;
        _refused(f, 2000e6, _error2(FlightCover.CoverFlightLimit.selector, 6000e6, limit));
    }

    function testRefusesAboveTheAirportDayLimit() public {
        for (uint16 i = 1; i <= 12; ++i) {
            buyAs(buyer, flight(i), 2000e6, 1);
        }
        uint256 limit = pool.totalAssets() * 2500 / 10_000;
        _refused(flight(13), 2000e6, _error2(FlightCover.CoverAirportDayLimit.selector, 26_000e6, limit));
    }

    function testRefusesAboveTheCellLimit() public {
        for (uint16 i = 1; i <= 19; ++i) {
            buyAs(buyer, _onDay(i, 7), 2000e6, 1);
        }
        uint256 limit = pool.totalAssets() * 4000 / 10_000;
        _refused(_onDay(20, 7), 2000e6, _error2(FlightCover.CoverCellLimit.selector, 40_000e6, limit));
    }

    function testLimitsAreThoseOfTheKeysThatTheFirstSaleBooked() public {
        for (uint16 i = 1; i <= 19; ++i) {
            buyAs(buyer, _onDay(i, 7), 2000e6, 1);
        }
        // A later report places flight 19 in an empty cell: its exposure still counts in cell 7, which is full.
        FlightFeatures memory moved = _onDay(19, 8);
        uint256 limit = pool.totalAssets() * 4000 / 10_000;
        _refused(moved, 2000e6, _error2(FlightCover.CoverCellLimit.selector, 40_000e6, limit));
    }

    function testRefusesMoreThanThePoolMayCarry() public {
        for (uint16 i = 1; i <= 39; ++i) {
            buyAs(buyer, _onDay(i, i), 2000e6, 1);
        }
        uint256 limit = pool.totalAssets() * 8000 / 10_000;
        vm.assertEq(pool.capacity(), limit - 78_000e6);
        FlightFeatures memory last = _onDay(40, 40);
        bytes memory signatures = signFeatures(last, FOUR);
        vm.prank(buyer);
        vm.expectRevert(_error2(CoverPool.PoolExhausted.selector, 80_000e6, limit));
        cover.buy(last, FOUR, signatures, 2000e6, type(uint256).max, 1);
    }

    function testRefusesWhenThePriceMoved() public {
        uint256 premium = cover.quote(f, PAYOUT).premium;
        bytes memory signatures = signFeatures(f, FOUR);
        vm.prank(buyer);
        vm.expectRevert(_error2(FlightCover.CoverPriceMoved.selector, premium, premium - 1));
        cover.buy(f, FOUR, signatures, PAYOUT, premium - 1, 1);
    }

    function testRefusesAReplayedSalt() public {
        (PolicyId id,) = buyAs(buyer, f, PAYOUT, 1);
        _refusedToBuy(f, FOUR, signFeatures(f, FOUR), _error(FlightCover.CoverAlreadyBought.selector, id));
    }

    function testRefusesThreeOfFive() public {
        _refusedToBuy(f, 0x07, signFeatures(f, 0x07), _error2(Quorum.QuorumNotReached.selector, 3, 4));
    }

    function testRefusesAForgedSignature() public {
        bytes memory signatures = signFeatures(f, FOUR);
        // Reporter 2 is replaced by a stranger.
        bytes memory forged = sign64(0xbad, coverDigest(structHashOf(f), block.chainid, address(cover)));
        for (uint256 i = 0; i < 64; ++i) {
            signatures[128 + i] = forged[i];
        }
        _refusedToBuy(f, FOUR, signatures, abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 2));
    }

    function testRefusesOtherFeaturesThanSigned() public {
        bytes memory signatures = signFeatures(f, FOUR);
        f.features = features(1);
        _refusedToBuy(f, FOUR, signatures, abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 3));
    }

    function testRefusesSignaturesOfAnotherChainOrContract() public {
        bytes memory wrong = abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 3);
        bytes32 structHash = structHashOf(f);
        _refusedToBuy(
            f, FOUR, signAll(coverDigest(structHash, block.chainid + 1, address(cover)), FOUR), wrong
        );
        _refusedToBuy(f, FOUR, signAll(coverDigest(structHash, block.chainid, address(pool)), FOUR), wrong);
    }

    /// The same signatures after a fork with another chain id.
    function testRefusesAfterTheChainIdChanged() public {
        bytes memory signatures = signFeatures(f, FOUR);
        vm.chainId(777);
        _refusedToBuy(f, FOUR, signatures, abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 3));
    }

    function testRefusesWithoutMoney() public {
        bytes memory signatures = signFeatures(f, FOUR);
        vm.prank(address(0x9001e55));
        vm.expectRevert(bytes4(keccak256("InsufficientAllowance()")));
        cover.buy(f, FOUR, signatures, PAYOUT, type(uint256).max, 1);
    }

    function testRefusesBadConfigs() public {
        CoverConfig memory c = coverConfig();
        c.minPayout = 0;
        _refusedConfig(c, "payout");
        c = coverConfig();
        c.maxPayout = uint96(type(uint40).max) + 1;
        _refusedConfig(c, "payout");
        c = coverConfig();
        c.maxLead = c.minLead;
        _refusedConfig(c, "maxLead");
        c = coverConfig();
        c.quoteValidity = c.minLead + c.answerWindow + 1;
        _refusedConfig(c, "quoteValidity");
        c = coverConfig();
        c.maxProbabilityPpm = 1_000_001;
        _refusedConfig(c, "maxProbabilityPpm");
        c = coverConfig();
        c.flightLimitBps = 0;
        _refusedConfig(c, "limits");
        c = coverConfig();
        c.airportDayLimitBps = 0;
        _refusedConfig(c, "limits");
        c = coverConfig();
        c.cellLimitBps = 0;
        _refusedConfig(c, "limits");
    }

    function testFaucetHasALimit() public {
        vm.expectRevert(_error2(PlayDollar.PlayDollarFaucetLimit.selector, 10_000e6 + 1, 10_000e6));
        token.faucet(10_000e6 + 1);
    }

    function testFuzzSellsWhatItQuoted(uint256 payout, uint8 first) public {
        payout = bound(payout, 10e6, 2000e6);
        f.features = features(uint8(bound(first, 0, 120)));
        Quote memory price = cover.quote(f, payout);
        uint256 limit = pool.totalAssets() * 500 / 10_000;
        Quote memory wanted = PremiumLib.priceUp(
            price.probabilityPpm, 2000, payout, 2000, 200, PremiumLib.utilisationPpmUp(payout, limit)
        );
        vm.assertEq(price.premium, wanted.premium);
        (PolicyId id, uint256 premium) = buyAs(buyer, f, payout, 1);
        vm.assertEq(premium, price.premium);
        vm.assertEq(cover.policyOf(id).premium, premium);
        vm.assertEq(pool.totalReserved(), payout);
        vm.assertEq(token.balanceOf(address(pool)), pool.totalAssets() + premium);
        vm.assertLt(premium, payout);
    }

    function testGasOfSales() public {
        bytes memory signatures = signFeatures(f, FOUR);
        vm.startPrank(buyer);
        cover.buy(f, FOUR, signatures, PAYOUT, type(uint256).max, 1);
        vm.snapshotGasLastCall("cover", "buy first on a flight");
        cover.buy(f, FOUR, signatures, PAYOUT, type(uint256).max, 2);
        vm.snapshotGasLastCall("cover", "buy later on a flight");
        vm.stopPrank();
    }

    /// Refused by the quote and by the sale, before any signature matters.
    function _refused(FlightFeatures memory report, uint256 payout, bytes memory reason) private {
        vm.expectRevert(reason);
        cover.quote(report, payout);
        bytes memory signatures = signFeatures(report, FOUR);
        vm.prank(buyer);
        vm.expectRevert(reason);
        cover.buy(report, FOUR, signatures, payout, type(uint256).max, 99);
    }

    function _refusedToBuy(
        FlightFeatures memory report,
        uint256 bitmap,
        bytes memory signatures,
        bytes memory reason
    ) private {
        vm.prank(buyer);
        vm.expectRevert(reason);
        cover.buy(report, bitmap, signatures, PAYOUT, type(uint256).max, 1);
    }

    function _refusedConfig(CoverConfig memory c, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverBadConfig.selector, field));
        new FlightCover(c);
    }

    /// A flight on a day of its own, so that only its cell fills.
    function _onDay(uint16 number, uint32 cell) private view returns (FlightFeatures memory report) {
        report = flight(number);
        report.day = 20_130_100 + number;
        report.cell = cell;
    }

    function _airportDay(FlightFeatures memory report) private pure returns (bytes32) {
        return keccak256(abi.encode(report.origin, report.day));
    }

    function _error(bytes4 selector, PolicyId id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, id);
    }

    function _error2(bytes4 selector, uint256 got, uint256 wanted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, got, wanted);
    }

    function _error3(bytes4 selector, uint256 got, uint256 least, uint256 most)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(selector, got, least, most);
    }
}
