// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {
    IMandateExecutor,
    Left,
    MandateId,
    Permission,
    Pin,
    Terms
} from "../../src/accounts/IMandateExecutor.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// A shop that takes what it is owed by `transferFrom`; a greedy one tries for more.
contract Till {
    PlayDollar private immutable _token;
    uint256 public extra;

    constructor(PlayDollar token) {
        _token = token;
    }

    function beGreedy(uint256 more) external {
        extra = more;
    }

    function pay(uint256 amount) external {
        _token.transferFrom(msg.sender, address(this), amount + extra);
    }

    function payLess(uint256 amount) external {
        _token.transferFrom(msg.sender, address(this), amount / 2);
    }
}

/// An agent and a shop in one, that comes back to the executor from within the call.
contract Reenterer {
    IMandateExecutor private immutable _executor;
    PlayDollar private immutable _token;
    address private immutable _account;
    bytes private _terms;
    uint256 public refused;

    constructor(IMandateExecutor executor, PlayDollar token, address account) {
        _executor = executor;
        _token = token;
        _account = account;
    }

    function begin(Terms calldata terms, uint256 amount) external {
        _terms = abi.encode(terms);
        _again(amount);
    }

    function pay(uint256 amount) external {
        _token.transferFrom(msg.sender, address(this), amount);
        try this.again(amount) { }
        catch {
            ++refused;
        }
    }

    function again(uint256 amount) external {
        _again(amount);
    }

    function _again(uint256 amount) private {
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(address(this), 0, abi.encodeCall(this.pay, (amount)));
        _executor.act(_account, abi.decode(_terms, (Terms)), calls, 0);
    }
}

contract MandateUseTest is AccountFixture {
    PasskeyAccount private _account;
    Till private _till;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
        _till = new Till(token);
    }

    function test_act_event() public {
        MandateId id = grantTo(_account, someTerms());
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandateUsed(
            address(_account), id, INTENT, address(token), token.transfer.selector, 5e6
        );
        vm.prank(agent);
        executor.act(address(_account), someTerms(), one(transferCall(shop, 5e6)), INTENT);
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
        Left memory left = executor.left(address(_account), someTerms());
        vm.assertEq(left.ofPeriod, 95e6);
        vm.assertEq(left.ofBudget, 995e6);
        vm.assertEq(left.calls, 9);
    }

    function test_operation_event() public {
        MandateId id = grantTo(_account, someTerms());
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandateUsed(
            address(_account), id, INTENT, address(token), token.transfer.selector, 5e6
        );
        handle(
            sponsoredByAgent(address(_account), AGENT, actAsData(someTerms(), one(transferCall(shop, 5e6))))
        );
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
        vm.assertEq(executor.left(address(_account), someTerms()).ofBudget, 995e6);
    }

    function test_batch() public {
        grantTo(_account, someTerms());
        Execution[] memory calls = new Execution[](3);
        for (uint256 i = 0; i < 3; ++i) {
            calls[i] = transferCall(address(uint160(0x900 + i)), 10e6 + i);
        }
        vm.prank(agent);
        executor.act(address(_account), someTerms(), calls, INTENT);
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertEq(token.balanceOf(address(uint160(0x900 + i))), 10e6 + i);
        }
        Left memory left = executor.left(address(_account), someTerms());
        vm.assertEq(left.ofPeriod, 70e6 - 3);
        vm.assertEq(left.calls, 7);
    }

    /// A call that fails takes the whole use back, limits and all.
    function test_failingCall_takesNothing() public {
        Terms memory terms = _tillTerms(_till.pay.selector);
        grantTo(_account, terms);
        _till.beGreedy(1);
        vm.prank(agent);
        vm.expectRevert();
        executor.act(address(_account), terms, one(_payCall(_till.pay.selector, 5e6)), INTENT);
        Left memory left = executor.left(address(_account), terms);
        vm.assertEq(left.ofPeriod, 100e6);
        vm.assertEq(left.calls, 10);
    }

    // Pulling.

    function test_pulls() public {
        Terms memory terms = _tillTerms(_till.pay.selector);
        grantTo(_account, terms);
        Execution[] memory calls = new Execution[](2);
        calls[0] = _payCall(_till.pay.selector, 5e6);
        calls[1] = _payCall(_till.pay.selector, 7e6);
        vm.prank(agent);
        executor.act(address(_account), terms, calls, INTENT);
        vm.assertEq(token.balanceOf(address(_till)), 12e6);
        vm.assertEq(token.allowance(address(_account), address(_till)), 0);
        vm.assertEq(executor.left(address(_account), terms).ofPeriod, 88e6);
    }

    /// Whatever the target leaves, no allowance stands after the use.
    function test_pulls_less() public {
        Terms memory terms = _tillTerms(_till.payLess.selector);
        grantTo(_account, terms);
        vm.prank(agent);
        executor.act(address(_account), terms, one(_payCall(_till.payLess.selector, 10e6)), INTENT);
        vm.assertEq(token.balanceOf(address(_till)), 5e6);
        vm.assertEq(token.allowance(address(_account), address(_till)), 0);
    }

    // Another way in.

    function test_reentrancy() public {
        Reenterer thief = new Reenterer(executor, token, address(_account));
        Terms memory terms = someTerms();
        terms.agent = address(thief);
        terms.permissions[0] = Permission(address(thief), thief.pay.selector, 0, true, 50e6, noPins());
        grantTo(_account, terms);
        thief.begin(terms, 30e6);
        vm.assertEq(thief.refused(), 1);
        vm.assertEq(token.balanceOf(address(thief)), 90e6);
        vm.assertEq(token.allowance(address(_account), address(thief)), 0);
        Left memory left = executor.left(address(_account), terms);
        vm.assertEq(left.ofPeriod, 10e6);
        vm.assertEq(left.calls, 7);
    }

    /// One budget over all mandates: a second key, another mandate of the same agent, another process with the same key.
    function test_budget_overAllMandates() public {
        setBudget(_account, 120e6, 1 days);
        Terms memory second = someTerms();
        second.agent = vm.addr(0x5ec0);
        Terms memory third = someTerms();
        third.salt = bytes32(uint256(3));
        grantTo(_account, someTerms());
        grantTo(_account, second);
        grantTo(_account, third);
        _act(agent, someTerms(), 50e6);
        _act(second.agent, second, 50e6);
        vm.prank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMandateExecutor.MandateBudgetSpent.selector, address(token), uint256(50e6), uint256(20e6)
            )
        );
        executor.act(address(_account), third, one(transferCall(shop, 50e6)), INTENT);
        _act(agent, third, 20e6);
        vm.assertEq(token.balanceOf(shop), 120e6 + 1);
    }

    /// Budgets are of an asset: what is left of one is nothing to another.
    function test_budget_ofAnotherToken() public {
        PlayDollar other = new PlayDollar();
        vm.startPrank(address(_account));
        other.faucet(100e6);
        executor.setBudget(address(other), 10e6, 1 days);
        vm.stopPrank();
        Terms memory terms = someTerms();
        terms.asset = address(other);
        terms.permissions[0].target = address(other);
        grantTo(_account, terms);
        grantTo(_account, someTerms());
        _act(agent, someTerms(), 50e6);
        vm.prank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMandateExecutor.MandateBudgetSpent.selector, address(other), uint256(20e6), uint256(10e6)
            )
        );
        executor.act(
            address(_account),
            terms,
            one(call(address(other), abi.encodeCall(other.transfer, (shop, 20e6)))),
            INTENT
        );
    }

    // Permissions.

    /// Several permissions of one function: the first whose pins hold decides.
    function test_permissions_anyOf() public {
        Terms memory terms = someTerms();
        terms.permissions = new Permission[](2);
        terms.permissions[0] = transferPermission(10e6);
        terms.permissions[0].pins = new Pin[](1);
        terms.permissions[0].pins[0] = Pin(0, bytes32(uint256(uint160(shop))));
        terms.permissions[1] = transferPermission(20e6);
        terms.permissions[1].pins = new Pin[](1);
        terms.permissions[1].pins[0] = Pin(0, bytes32(uint256(uint160(sponsorOwner))));
        grantTo(_account, terms);
        _act(agent, terms, 10e6);
        vm.prank(agent);
        executor.act(address(_account), terms, one(transferCall(sponsorOwner, 20e6)), INTENT);
        vm.prank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMandateExecutor.MandateAmountTooLarge.selector, uint256(20e6), uint256(10e6)
            )
        );
        executor.act(address(_account), terms, one(transferCall(shop, 20e6)), INTENT);
        // The reason names the first permission.
        vm.prank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMandateExecutor.MandateArgumentDenied.selector,
                0,
                bytes32(uint256(uint160(agent))),
                bytes32(uint256(uint160(shop)))
            )
        );
        executor.act(address(_account), terms, one(transferCall(agent, 1)), INTENT);
    }

    /// A call without an amount is counted, and spends nothing.
    function test_permissions_noAmount() public {
        Terms memory terms = someTerms();
        terms.asset = address(0);
        terms.permissions[0] = Permission(address(_till), _till.beGreedy.selector, 255, false, 0, noPins());
        grantTo(_account, terms);
        vm.prank(agent);
        executor.act(
            address(_account), terms, one(call(address(_till), abi.encodeCall(_till.beGreedy, (9)))), INTENT
        );
        vm.assertEq(_till.extra(), 9);
        vm.assertEq(executor.left(address(_account), terms).calls, 9);
    }

    // Time.

    function test_window_slides() public {
        Terms memory terms = someTerms();
        grantTo(_account, terms);
        _act(agent, terms, 50e6);
        _act(agent, terms, 50e6);
        // Strict: an amount counts for the whole window, and for up to a third of it longer.
        warpBy(1 hours - 1);
        vm.assertEq(executor.left(address(_account), terms).ofPeriod, 0);
        warpBy(20 minutes);
        vm.assertEq(executor.left(address(_account), terms).ofPeriod, 0);
        warpBy(1);
        vm.assertEq(executor.left(address(_account), terms).ofPeriod, 100e6);
        vm.assertEq(executor.left(address(_account), terms).calls, 10);
        _act(agent, terms, 50e6);
    }

    /// At random: in any window of the period, no more than the limit and no more calls than the rate.
    function testFuzz_windows(uint256 seed, uint128 perPeriod, uint128 budget) public {
        Terms memory terms = someTerms();
        terms.maxPerPeriod = uint128(bound(perPeriod, 1e6, 200e6));
        terms.validUntil = type(uint40).max;
        setBudget(_account, uint128(bound(budget, 1e6, 500e6)), 3 hours);
        grantTo(_account, terms);
        (uint256 most,,) = executor.budgetOf(address(_account), address(token));
        uint256[] memory times = new uint256[](40);
        uint256[] memory amounts = new uint256[](40);
        for (uint256 i = 0; i < 40; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            warpBy((random >> 128) % 25 minutes);
            times[i] = clock;
            vm.prank(agent);
            try executor.act(address(_account), terms, one(transferCall(shop, random % 60e6)), INTENT) {
                amounts[i] = random % 60e6;
            } catch { }
            vm.assertLe(_sum(times, amounts, i, 1 hours), terms.maxPerPeriod);
            vm.assertLe(_sum(times, amounts, i, 3 hours), most);
        }
    }

    function _sum(uint256[] memory times, uint256[] memory amounts, uint256 last, uint256 period)
        private
        pure
        returns (uint256 sum)
    {
        for (uint256 i = 0; i <= last; ++i) {
            if (times[i] + period >= times[last]) sum += amounts[i];
        }
    }

    function _act(address who, Terms memory terms, uint256 amount) private {
        vm.prank(who);
        executor.act(address(_account), terms, one(transferCall(shop, amount)), INTENT);
    }

    function _tillTerms(bytes4 selector) private view returns (Terms memory terms) {
        terms = someTerms();
        terms.permissions[0] = Permission(address(_till), selector, 0, true, 50e6, noPins());
    }

    function _payCall(bytes4 selector, uint256 amount) private view returns (Execution memory) {
        return call(address(_till), abi.encodeWithSelector(selector, amount));
    }
}
