// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { LibBit } from "solady/utils/LibBit.sol";

/// @title Strict sliding windows, one storage slot each.
/// @notice Time is cut into sub-buckets of a third of the period (rounded up). A window of `period` seconds touches at
/// most four of them in a row, so if the last four together never exceed the limit, no window does. The price: an amount
/// counts for up to four thirds of the period.
///
/// Amounts are kept in units of 2^shift base units, the shift derived from the limit; what is spent is rounded up and the
/// limit down, so that rounding can only refuse (by less than one part in 2^34 of the limit).
///
/// Layout of a mandate's slot, from the high end: index 32 | calls 4 x 8 | amounts 4 x 46 | flags 8.
/// Layout of a budget's slot: set 1 | limit 40 | shift of the limit 7 | period 32 | index 32 | amounts 4 x 36.
/// In each group the lowest field is the current sub-bucket. An index fits until the year 2106, whatever the period.
library WindowLib {
    uint256 internal constant MANDATE_BITS = 46;
    uint256 internal constant BUDGET_BITS = 36;
    uint256 private constant MANDATE_AMOUNTS = (1 << 184) - 1;
    uint256 private constant BUDGET_AMOUNTS = (1 << 144) - 1;

    /// @notice Number of the sub-bucket that `time` (unix seconds) falls into.
    function indexOf(uint256 time, uint256 period) internal pure returns (uint256) {
        // Periods have 32 bits.
        unchecked {
            return time / ((period + 2) / 3);
        }
    }

    /// @notice How many low bits amounts lose, so that the limit fits in `bits`.
    function shiftOf(uint256 limit, uint256 bits) internal pure returns (uint256) {
        if (limit >> bits == 0) return 0;
        // No underflow: the highest bit is at `bits` or above.
        unchecked {
            return LibBit.fls(limit) + 1 - bits;
        }
    }

    /// @notice Base units in units of 2^shift, rounded up.
    function unitsUp(uint256 amount, uint256 shift) internal pure returns (uint256) {
        // Amounts have at most 136 bits (255 calls of 2^128), shifts are below 128.
        unchecked {
            return (amount + (uint256(1) << shift) - 1) >> shift;
        }
    }

    /// @notice The slot of a mandate with its sub-buckets moved to `index`.
    function rollMandate(uint256 slot, uint256 index) internal pure returns (uint256) {
        uint256 last = slot >> 224;
        // A clock that stands still or runs back frees nothing.
        if (index <= last) return slot;
        uint256 flags = slot & 0xff;
        unchecked {
            uint256 steps = index - last;
            if (steps > 3) return (index << 224) | flags;
            uint256 calls = ((slot >> 192) << (8 * steps)) & 0xffffffff;
            uint256 amounts = (((slot >> 8) & MANDATE_AMOUNTS) << (MANDATE_BITS * steps)) & MANDATE_AMOUNTS;
            return (index << 224) | (calls << 192) | (amounts << 8) | flags;
        }
    }

    /// @notice Calls in the last four sub-buckets.
    function callsOf(uint256 slot) internal pure returns (uint256) {
        uint256 calls = slot >> 192;
        unchecked {
            return (calls & 0xff) + ((calls >> 8) & 0xff) + ((calls >> 16) & 0xff) + ((calls >> 24) & 0xff);
        }
    }

    /// @notice Units of amount in the last four sub-buckets of a mandate's slot.
    function unitsOfMandate(uint256 slot) internal pure returns (uint256) {
        return _sum((slot >> 8) & MANDATE_AMOUNTS, MANDATE_BITS);
    }

    /// @notice Adds to the current sub-bucket. The caller has checked that the sum stays within a limit of eight bits.
    function addCalls(uint256 slot, uint256 calls) internal pure returns (uint256) {
        unchecked {
            return slot + (calls << 192);
        }
    }

    /// @notice Adds to the current sub-bucket. The caller has checked that the sum stays within a limit of 46 bits.
    function addUnits(uint256 slot, uint256 units) internal pure returns (uint256) {
        unchecked {
            return slot + (units << 8);
        }
    }

    /// @notice The slot of a budget of at most `amount` base units in any `period` seconds, of which `spent` are spent at
    /// `time`. The limit keeps 40 significant bits, rounded down.
    function newBudget(uint256 amount, uint256 period, uint256 time, uint256 spent)
        internal
        pure
        returns (uint256)
    {
        uint256 shift = shiftOf(amount, 40);
        uint256 units = unitsUp(spent, shiftOf(amount, BUDGET_BITS));
        uint256 most = (1 << BUDGET_BITS) - 1;
        return (1 << 255) | ((amount >> shift) << 215) | (shift << 208) | (period << 176)
            | (indexOf(time, period) << 144) | (units > most ? most : units);
    }

    /// @notice Base units that a budget allows in any period; zero for a slot never set.
    function limitOfBudget(uint256 slot) internal pure returns (uint256) {
        return ((slot >> 215) & ((1 << 40) - 1)) << ((slot >> 208) & 0x7f);
    }

    /// @notice Seconds.
    function periodOfBudget(uint256 slot) internal pure returns (uint32) {
        return uint32(slot >> 176);
    }

    /// @notice The slot of a budget with its sub-buckets moved to `time`.
    function rollBudget(uint256 slot, uint256 time) internal pure returns (uint256) {
        if (slot == 0) return 0;
        uint256 last = uint32(slot >> 144);
        uint256 index = indexOf(time, periodOfBudget(slot));
        if (index <= last) return slot;
        uint256 head = (slot >> 176) << 176;
        unchecked {
            uint256 steps = index - last;
            uint256 amounts =
                steps > 3 ? 0 : ((slot & BUDGET_AMOUNTS) << (BUDGET_BITS * steps)) & BUDGET_AMOUNTS;
            return head | (index << 144) | amounts;
        }
    }

    /// @notice Units of amount in the last four sub-buckets of a budget's slot.
    function unitsOfBudget(uint256 slot) internal pure returns (uint256) {
        return _sum(slot & BUDGET_AMOUNTS, BUDGET_BITS);
    }

    /// @notice Base units that a limit leaves when `units` of it are spent.
    function leftOf(uint256 limit, uint256 units, uint256 shift) internal pure returns (uint256) {
        uint256 most = limit >> shift;
        return units >= most ? 0 : (most - units) << shift;
    }

    function _sum(uint256 amounts, uint256 bits) private pure returns (uint256) {
        uint256 mask = (1 << bits) - 1;
        // Four fields of at most 46 bits.
        unchecked {
            return (amounts & mask) + ((amounts >> bits) & mask) + ((amounts >> (2 * bits)) & mask)
                + (amounts >> (3 * bits));
        }
    }
}
