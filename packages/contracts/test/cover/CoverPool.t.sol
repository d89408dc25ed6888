// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC4626 } from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import { CoverPool } from "../../src/cover/CoverPool.sol";
import { FlightFeatures } from "../../src/cover/FlightLib.sol";
import { ICoverPool } from "../../src/cover/ICoverPool.sol";
import { PolicyId } from "../../src/cover/IFlightCover.sol";
import { CoverFixture } from "./CoverFixture.sol";

contract CoverPoolTest is CoverFixture {
    address private other = address(0x07e4);

    function setUp() public {
        deployCover(100_000e6);
    }

    function testTellsItsTerms() public view {
        vm.assertEq(pool.cover(), address(cover));
        vm.assertEq(uint256(pool.exitDelay()), EXIT_DELAY);
        vm.assertEq(pool.asset(), address(token));
        vm.assertEq(uint256(pool.decimals()), 12);
        vm.assertEq(pool.capacity(), 80_000e6);
    }

    function testOnlyCoverMovesMoney() public {
        bytes memory refused =
            abi.encodeWithSelector(CoverPool.PoolOnlyCover.selector, address(this), address(cover));
        vm.expectRevert(refused);
        pool.reserve(1, 1);
        vm.expectRevert(refused);
        pool.release(1, 1);
        vm.expectRevert(refused);
        pool.payOut(address(this), 1, 1);
        vm.expectRevert(refused);
        pool.refund(address(this), 1, 1);
        vm.expectRevert(refused);
        pool.spend(address(this), 1);
    }

    function testExitWaitsForTheDelay() public {
        uint256 shares = pool.balanceOf(provider);
        _refusedExit(provider, shares, 0);
        vm.expectEmit(address(pool));
        emit ICoverPool.ExitRequested(provider, shares, START + EXIT_DELAY);
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(START + EXIT_DELAY - 1);
        _refusedExit(provider, shares, 0);
        vm.assertEq(pool.maxWithdraw(provider), 0);
        warpTo(START + EXIT_DELAY);
        vm.prank(provider);
        pool.redeem(shares, provider, provider);
        vm.assertEq(token.balanceOf(provider), 100_000e6);
        vm.assertEq(pool.totalSupply(), 0);
    }

    function testExitIsOnlyForWhatWasAnnounced() public {
        uint256 shares = pool.balanceOf(provider) / 4;
        vm.prank(provider);
        pool.requestExit(shares);
        warpTo(START + EXIT_DELAY);
        _refusedExit(provider, shares + 1, shares);
        vm.prank(provider);
        pool.redeem(shares, provider, provider);
        // The announcement is used up.
        vm.assertEq(pool.maxRedeem(provider), 0);
        _refusedExit(provider, 1, 0);
    }

    function testANewAnnouncementStartsTheDelayAgain() public {
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(START + EXIT_DELAY);
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        vm.assertEq(pool.maxRedeem(provider), 0);
        warpTo(clock + EXIT_DELAY);
        vm.assertEq(pool.maxRedeem(provider), pool.balanceOf(provider));
    }

    /// An allowance over shares does not go around the owner's announcement.
    function testASpenderNeedsTheOwnersAnnouncement() public {
        uint256 shares = pool.balanceOf(provider);
        vm.prank(provider);
        pool.approve(other, shares);
        vm.prank(other);
        vm.expectRevert(
            abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, provider, shares, 0)
        );
        pool.redeem(shares, other, provider);
    }

    function testReservedMoneyStays() public {
        FlightFeatures memory f = flight(1);
        (PolicyId id,) = buyAs(buyer, f, 2000e6, 1);
        vm.prank(provider);
        pool.requestExit(type(uint256).max);
        warpTo(START + EXIT_DELAY);
        uint256 free = pool.totalAssets() - 2000e6;
        uint256 most = pool.maxWithdraw(provider);
        vm.assertLe(most, free);
        vm.assertGe(most + 2, free);
        vm.prank(provider);
        vm.expectRevert(
            abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxWithdraw.selector, provider, most + 1, most)
        );
        pool.withdraw(most + 1, provider, provider);
        vm.prank(provider);
        pool.withdraw(most, provider, provider);
        vm.assertGe(token.balanceOf(address(pool)), pool.totalReserved() + pool.unearnedPremiums());
        answer(f, 1);
        uint256 before = token.balanceOf(buyer);
        cover.payOut(id);
        vm.assertEq(token.balanceOf(buyer), before + 2000e6);
    }

    /// A premium is no profit before its policy ended: it may be refunded.
    function testPremiumsAreEarnedWhenPoliciesEnd() public {
        FlightFeatures memory f = flight(1);
        buyAs(buyer, f, 200e6, 1);
        uint256 price = pool.convertToAssets(1e12);
        (PolicyId id, uint256 premium) = buyAs(buyer, f, 200e6, 2);
        vm.assertEq(pool.convertToAssets(1e12), price);
        answer(f, 0);
        uint256 assets = pool.totalAssets();
        cover.payOut(id);
        vm.assertEq(pool.totalAssets(), assets + premium);
        vm.assertGt(pool.convertToAssets(1e12), price);
    }

    function testSpendsOnlyWhatNoPolicyMayClaim() public {
        CoverPool own = _ownPool();
        vm.startPrank(provider);
        token.faucet(1000e6);
        token.approve(address(own), type(uint256).max);
        own.deposit(1000e6, provider);
        vm.stopPrank();
        own.reserve(800e6, 0);
        vm.expectRevert(abi.encodeWithSelector(CoverPool.PoolExhausted.selector, 800e6 + 1, 800e6));
        own.reserve(1, 0);
        vm.expectRevert(abi.encodeWithSelector(CoverPool.PoolExhausted.selector, 1000e6 + 1, 1000e6));
        own.spend(other, 200e6 + 1);
        vm.expectEmit(address(own));
        emit ICoverPool.Spent(other, 200e6);
        own.spend(other, 200e6);
        vm.assertEq(token.balanceOf(other), 200e6);
        vm.assertEq(own.capacity(), 0);
        vm.expectEmit(address(own));
        emit ICoverPool.PaidOut(other, 800e6);
        own.payOut(other, 800e6, 0);
        vm.assertEq(own.totalAssets(), 0);
    }

    /// First depositor with one base unit donates to steal the second deposit by rounding: it loses its donation.
    function testInflationAttackCostsTheAttacker() public {
        CoverPool own = _ownPool();
        address attacker = address(0xa77);
        fund(attacker, 10_000e6);
        vm.startPrank(attacker);
        token.approve(address(own), type(uint256).max);
        own.deposit(1, attacker);
        token.transfer(address(own), 10_000e6 - 1);
        vm.stopPrank();
        fund(other, 10e6);
        vm.startPrank(other);
        token.approve(address(own), type(uint256).max);
        uint256 shares = own.deposit(10e6, other);
        vm.stopPrank();
        // A share is 1 / 2,000,000 of the donation: 0.005; the victim loses at most one to rounding.
        vm.assertGt(own.convertToAssets(shares), 10e6 - 5_001);
        vm.assertLt(own.convertToAssets(own.balanceOf(attacker)), 5_001e6);
    }

    function testADonationBreaksNothing() public {
        FlightFeatures memory f = flight(1);
        (PolicyId id, uint256 premium) = buyAs(buyer, f, 200e6, 1);
        fund(other, 5_000e6);
        vm.prank(other);
        token.transfer(address(pool), 5_000e6);
        uint256 assets = pool.totalAssets();
        answer(f, 1);
        cover.payOut(id);
        vm.assertEq(pool.totalAssets(), assets + premium - 200e6);
    }

    /// Going in and out never makes money, and costs rounding at most.
    function testFuzzDepositAndExit(uint256 amount, uint256 donated) public {
        amount = bound(amount, 1, 1_000_000e6);
        fundMany(other, bound(donated, 0, 20_000e6));
        buyAs(buyer, flight(1), 2000e6, 1);
        vm.startPrank(other);
        token.transfer(address(pool), token.balanceOf(other));
        vm.stopPrank();
        fundMany(other, amount);
        vm.startPrank(other);
        token.approve(address(pool), amount);
        uint256 shares = pool.deposit(amount, other);
        pool.requestExit(shares);
        warpTo(START + EXIT_DELAY);
        uint256 back = pool.redeem(pool.maxRedeem(other), other, other);
        vm.stopPrank();
        vm.assertLe(back, amount);
        if (amount <= pool.totalAssets() - pool.totalReserved()) vm.assertGe(back + 2, amount);
        vm.assertGe(token.balanceOf(address(pool)), pool.totalReserved() + pool.unearnedPremiums());
    }

    /// Whatever a provider takes by `withdraw`, what is owed stays.
    function testFuzzWithdrawLeavesTheReserve(uint256 payout, uint256 share) public {
        payout = bound(payout, 10e6, 2000e6);
        (, uint256 premium) = buyAs(buyer, flight(1), payout, 1);
        vm.startPrank(provider);
        pool.requestExit(bound(share, 1, pool.balanceOf(provider)));
        warpTo(START + EXIT_DELAY);
        pool.withdraw(pool.maxWithdraw(provider), provider, provider);
        vm.stopPrank();
        vm.assertGe(token.balanceOf(address(pool)), payout + premium);
    }

    function _refusedExit(address owner, uint256 shares, uint256 most) private {
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, owner, shares, most)
        );
        pool.redeem(shares, owner, owner);
    }

    /// A pool whose cover is this test.
    function _ownPool() private returns (CoverPool) {
        return new CoverPool(IERC20(address(token)), address(this), EXIT_DELAY, 8000);
    }
}
