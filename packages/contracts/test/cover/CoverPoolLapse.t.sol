// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC4626 } from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import { CoverConfig, FlightCover } from "../../src/cover/FlightCover.sol";
import { Policy, PolicyId } from "../../src/cover/IFlightCover.sol";
import { CoverFixture } from "./CoverFixture.sol";

/// An announced exit ends, and a premium always fits where it is stored.
contract CoverPoolLapseTest is CoverFixture {
    function setUp() public {
        deployCover(100_000e6);
    }

    function testAnAnnouncementLapses() public {
        uint256 shares = pool.balanceOf(provider);
        vm.prank(provider);
        pool.requestExit(shares);
        (uint256 announced, uint256 claimableFrom, uint256 lapsesAfter) = pool.exitOf(provider);
        vm.assertEq(announced, shares);
        vm.assertEq(claimableFrom, uint256(START) + EXIT_DELAY);
        vm.assertEq(lapsesAfter, uint256(START) + 2 * EXIT_DELAY);
        warpTo(START + 2 * EXIT_DELAY);
        vm.assertEq(pool.maxRedeem(provider), shares);
        warpTo(START + 2 * EXIT_DELAY + 1);
        vm.assertEq(pool.maxRedeem(provider), 0);
        vm.assertEq(pool.maxWithdraw(provider), 0);
        vm.prank(provider);
        vm.expectRevert(
            abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, provider, shares, 0)
        );
        pool.redeem(shares, provider, provider);
    }

    function testALapsedAnnouncementCanBeRenewed() public {
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(START + 2 * EXIT_DELAY + 1);
        vm.startPrank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(clock + EXIT_DELAY);
        pool.redeem(pool.balanceOf(provider), provider, provider);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(provider), 100_000e6);
    }

    function testRefusesTermsThatCouldOutgrowAPolicy() public {
        CoverConfig memory c = coverConfig();
        c.maxPayout = type(uint40).max / 4 + 1;
        _refused(c, "payout");
        c = coverConfig();
        c.marginBps = 10_001;
        _refused(c, "terms");
        c = coverConfig();
        c.capitalChargeBps = 10_001;
        _refused(c, "terms");
        c = coverConfig();
        c.minProbabilityPpm = c.maxProbabilityPpm + 1;
        _refused(c, "minProbabilityPpm");
    }

    /// The dearest cover that any configuration can sell is stored without loss.
    function testTheHighestPremiumFitsAPolicy() public {
        CoverConfig memory c = coverConfig();
        c.maxPayout = type(uint40).max / 4;
        c.minProbabilityPpm = 1_000_000;
        c.maxProbabilityPpm = 1_000_000;
        c.marginBps = 10_000;
        c.capitalChargeBps = 10_000;
        c.flightLimitBps = 10_000;
        c.airportDayLimitBps = 10_000;
        c.cellLimitBps = 10_000;
        c.maxUtilisationBps = 10_000;
        cover = new FlightCover(c);
        pool = cover.pool();
        fundMany(provider, c.maxPayout);
        vm.startPrank(provider);
        token.approve(address(pool), type(uint256).max);
        pool.deposit(c.maxPayout, provider);
        vm.stopPrank();
        prepareBuyer(buyer, 900_000e6);
        // Fees come out of what nothing is reserved on.
        fundMany(address(pool), 10e6);
        (PolicyId id, uint256 premium) = buyAs(buyer, flight(1), c.maxPayout - 1, 1);
        Policy memory policy = cover.policyOf(id);
        vm.assertEq(uint256(policy.premium), premium);
        vm.assertGt(premium, 2 * uint256(c.maxPayout) + uint256(c.maxPayout) / 2);
        vm.assertEq(pool.unearnedPremiums(), premium);
    }

    function _refused(CoverConfig memory c, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(FlightCover.CoverBadConfig.selector, field));
        new FlightCover(c);
    }
}
