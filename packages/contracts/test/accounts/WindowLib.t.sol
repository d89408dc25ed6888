// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { WindowLib } from "../../src/accounts/WindowLib.sol";
import { Test } from "../support/Test.sol";

/// Random sequences of spending through both packings, against a naive list of all that was let through.
contract WindowLibTest is Test {
    using WindowLib for uint256;

    struct Spent {
        uint256 time;
        uint256 amount;
    }

    Spent[] private _spent;
    uint256 private _refused;

    function testFuzz_mandateWindow_isStrict(uint256 seed, uint128 limit, uint32 period, uint8 most) public {
        uint256 p = bound(period, 1, 400 days);
        uint256 slot = 1;
        uint256 time = 1_800_000_000;
        for (uint256 i = 0; i < 60; ++i) {
            time += _step(seed, i, p);
            uint256 amount = _amount(seed, i, limit);
            slot = slot.rollMandate(WindowLib.indexOf(time, p));
            uint256 shift = WindowLib.shiftOf(limit, 46);
            uint256 units = WindowLib.unitsUp(amount, shift);
            if (slot.callsOf() + 1 > most || slot.unitsOfMandate() + units > limit >> shift) {
                ++_refused;
                continue;
            }
            slot = slot.addCalls(1).addUnits(units);
            _spent.push(Spent(time, amount));
            vm.assertEq(slot & 0xff, 1);
            (uint256 sum, uint256 calls) = _naive(time, p);
            vm.assertLe(sum, limit);
            vm.assertLe(calls, most);
            // Nothing is forgotten early: what the slot counts is at least what the window holds.
            vm.assertGe(slot.unitsOfMandate() << shift, sum);
            vm.assertGe(slot.callsOf(), calls);
        }
    }

    function testFuzz_budgetWindow_isStrict(uint256 seed, uint128 limit, uint32 period) public {
        uint256 p = bound(period, 1, 400 days);
        uint256 time = 1_800_000_000;
        uint256 slot = WindowLib.newBudget(limit, p, 0, 0);
        uint256 kept = slot.limitOfBudget();
        vm.assertLe(kept, limit);
        vm.assertLe(uint256(limit) - kept, uint256(limit) >> 39);
        vm.assertEq(uint256(slot.periodOfBudget()), p);
        uint256 shift = WindowLib.shiftOf(kept, 36);
        for (uint256 i = 0; i < 60; ++i) {
            time += _step(seed, i, p);
            uint256 amount = _amount(seed, i, limit);
            slot = slot.rollBudget(time);
            uint256 units = WindowLib.unitsUp(amount, shift);
            if (slot.unitsOfBudget() + units > kept >> shift) {
                ++_refused;
                continue;
            }
            slot += units;
            _spent.push(Spent(time, amount));
            vm.assertEq(slot.limitOfBudget(), kept);
            (uint256 sum,) = _naive(time, p);
            vm.assertLe(sum, limit);
            vm.assertGe(slot.unitsOfBudget() << shift, sum);
        }
    }

    /// An amount is free again no later than four thirds of the period and three seconds on.
    function testFuzz_windows_forget(uint32 period, uint32 start, uint256 wait) public pure {
        uint256 p = bound(period, 1, 400 days);
        wait = bound(wait, (p * 4) / 3 + 4, 4000 days);
        uint256 mandate = uint256(1).rollMandate(WindowLib.indexOf(start, p)).addCalls(7).addUnits(99);
        mandate = mandate.rollMandate(WindowLib.indexOf(uint256(start) + wait, p));
        vm.assertEq(mandate.callsOf() + mandate.unitsOfMandate(), 0);
        uint256 budget = WindowLib.newBudget(1000, p, start, 500);
        vm.assertEq(budget.unitsOfBudget(), 500);
        vm.assertEq(budget.rollBudget(uint256(start) + wait).unitsOfBudget(), 0);
    }

    /// A clock that runs back frees nothing.
    function testFuzz_windows_clockBack(uint32 period, uint32 start, uint32 earlier) public pure {
        uint256 p = bound(period, 1, 400 days);
        uint256 back = bound(earlier, 0, start);
        uint256 mandate = uint256(1).rollMandate(WindowLib.indexOf(start, p)).addCalls(7).addUnits(99);
        vm.assertEq(mandate.rollMandate(WindowLib.indexOf(back, p)), mandate);
        uint256 budget = WindowLib.newBudget(1000, p, start, 500);
        vm.assertEq(budget.rollBudget(back), budget);
    }

    /// With a limit below 2^36, no unit is lost: exactly the limit can be spent.
    function testFuzz_smallLimits_areExact(uint256 limit) public pure {
        limit = bound(limit, 1, (1 << 36) - 1);
        vm.assertEq(WindowLib.shiftOf(limit, 36), 0);
        uint256 slot = WindowLib.newBudget(limit, 1 days, 0, 0);
        vm.assertEq(slot.limitOfBudget(), limit);
        vm.assertEq(WindowLib.leftOf(limit, slot.unitsOfBudget(), 0), limit);
    }

    function testFuzz_shift_fits(uint128 limit, uint8 bits) public pure {
        uint256 b = bound(bits, 1, 127);
        uint256 shift = WindowLib.shiftOf(limit, b);
        vm.assertEq(uint256(limit) >> shift >> b, 0);
        if (shift != 0) vm.assertGt(uint256(limit) >> (shift - 1) >> b, 0);
    }

    /// What earlier spending carries into a new, smaller budget fills it and does not spill over.
    function testFuzz_newBudget_carries(uint128 limit, uint128 spent) public pure {
        uint256 slot = WindowLib.newBudget(limit, 1 hours, 1_800_000_000, spent);
        uint256 kept = slot.limitOfBudget();
        uint256 shift = WindowLib.shiftOf(kept, 36);
        uint256 left = WindowLib.leftOf(kept, slot.unitsOfBudget(), shift);
        vm.assertLe(left, kept > spent ? kept - spent : 0);
        vm.assertEq(uint256(slot.periodOfBudget()), 1 hours);
    }

    function _step(uint256 seed, uint256 i, uint256 period) private pure returns (uint256) {
        uint256 random = uint256(keccak256(abi.encode(seed, i, "step")));
        // Many steps within a window, some exactly as long as a part of it.
        uint256[6] memory steps =
            [0, random % (period / 20 + 2), period / 3, period, period + 1, random % period];
        return steps[(random >> 128) % 6];
    }

    function _amount(uint256 seed, uint256 i, uint256 limit) private pure returns (uint256) {
        uint256 random = uint256(keccak256(abi.encode(seed, i, "amount")));
        return random % (limit / (1 + (random >> 200) % 9) + 2);
    }

    /// Sum and number in the window of `period` seconds that ends with `time`, and of every window before it.
    function _naive(uint256 time, uint256 period) private view returns (uint256 sum, uint256 calls) {
        for (uint256 i = 0; i < _spent.length; ++i) {
            if (_spent[i].time + period < time) continue;
            sum += _spent[i].amount;
            ++calls;
        }
    }
}
