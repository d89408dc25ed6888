// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Execution,
    IERC7579Execution,
    IERC7579Module,
    MODULE_TYPE_EXECUTOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { LowLevelCall } from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import { LibBit } from "solady/utils/LibBit.sol";
import { IAccountBase } from "./IAccountBase.sol";
import { IMandateExecutor, Left, MandateId, Permission, Pin, Terms } from "./IMandateExecutor.sol";
import { MandateHash } from "./MandateHash.sol";
import { MandateTerms } from "./MandateTerms.sol";
import { WindowLib } from "./WindowLib.sol";

/// @title Mandates, enforced while they are used.
/// @dev One slot for each mandate, one for each account and asset, one for each account. Where a bundler's validation
/// reads, the account is the innermost key of the mapping: storage associated with the account (ERC-7562).
contract MandateExecutor is IMandateExecutor, IERC7579Module {
    using WindowLib for uint256;

    /// Packed by WindowLib.
    struct Slot {
        uint256 packed;
    }

    struct AccountState {
        uint64 epoch;
        bool paused;
        /// The account has uninstalled this module.
        bool removed;
    }

    uint256 private constant GRANTED = 1;
    uint256 private constant REVOKED = 2;
    uint256 private constant PAUSED = 4;
    uint256 private constant MOST_LABEL_BYTES = 64;
    bytes32 private constant BATCH = bytes32(bytes1(0x01));

    mapping(MandateId id => mapping(address account => Slot)) private _mandates;
    mapping(address asset => mapping(address account => Slot)) private _budgets;
    mapping(address account => AccountState) private _accounts;

    /// @inheritdoc IMandateExecutor
    function grant(Terms calldata terms, string calldata label) external returns (MandateId id) {
        MandateTerms.check(terms, msg.sender);
        if (bytes(label).length > MOST_LABEL_BYTES) revert MandateTermsInvalid("label");
        if (terms.asset != address(0)) _refuseTarget(msg.sender, terms.asset);
        for (uint256 i = 0; i < terms.permissions.length; ++i) {
            _refuseTarget(msg.sender, terms.permissions[i].target);
        }
        uint64 epoch = _accounts[msg.sender].epoch;
        id = MandateHash.idOfPlain(msg.sender, epoch, terms);
        Slot storage mandate = _mandates[id][msg.sender];
        if (mandate.packed != 0) revert MandateKnown(id);
        mandate.packed = GRANTED;
        emit MandateGranted(msg.sender, id, terms.agent, epoch, terms, label);
    }

    /// @inheritdoc IMandateExecutor
    function setBudget(address asset, uint128 amount, uint32 period) external {
        if (period == 0 || asset == address(0)) revert BudgetInvalid(amount, period);
        Slot storage kept = _budgets[asset][msg.sender];
        uint256 slot = kept.packed;
        if (slot == 0) {
            // No clock: an account sets its first budget while it is created, where ERC-7562 forbids one.
            slot = WindowLib.newBudget(amount, period, 0, 0);
        } else {
            slot = slot.rollBudget(block.timestamp);
            // What was spent of the former budget counts in the new one as if spent now: no change gives room twice.
            uint256 shift = WindowLib.shiftOf(slot.limitOfBudget(), WindowLib.BUDGET_BITS);
            slot = WindowLib.newBudget(amount, period, block.timestamp, slot.unitsOfBudget() << shift);
        }
        kept.packed = slot;
        emit BudgetSet(msg.sender, asset, uint128(slot.limitOfBudget()), period);
    }

    /// @inheritdoc IMandateExecutor
    function revoke(MandateId id) external {
        Slot storage mandate = _known(id);
        mandate.packed |= REVOKED;
        emit MandateRevoked(msg.sender, id);
    }

    /// @inheritdoc IMandateExecutor
    function revokeAll() external {
        // The epoch is part of every id: no mandate granted before can be named any more.
        uint64 epoch = ++_accounts[msg.sender].epoch;
        emit AllMandatesRevoked(msg.sender, epoch);
    }

    /// @inheritdoc IMandateExecutor
    function pauseMandate(MandateId id, bool paused) external {
        Slot storage mandate = _known(id);
        mandate.packed = paused ? mandate.packed | PAUSED : mandate.packed & ~PAUSED;
        emit MandatePaused(msg.sender, id, paused);
    }

    /// @inheritdoc IMandateExecutor
    function pauseAccount(bool paused) external {
        _accounts[msg.sender].paused = paused;
        emit AccountPaused(msg.sender, paused);
    }

    /// @inheritdoc IMandateExecutor
    function act(address account, Terms calldata terms, Execution[] calldata calls, bytes32 intent) external {
        if (msg.sender != terms.agent) revert MandateNotAgent(msg.sender, terms.agent);
        _use(account, terms, calls, intent);
    }

    /// @inheritdoc IMandateExecutor
    function actAs(Terms calldata terms, Execution[] calldata calls, bytes32 intent) external {
        _use(msg.sender, terms, calls, intent);
    }

    /// @inheritdoc IMandateExecutor
    function check(address account, Terms calldata terms, Execution[] calldata calls) external view {
        (,, uint256 slot) = _open(account, terms, calls.length);
        uint256 total;
        for (uint256 i = 0; i < calls.length; ++i) {
            (, uint256 amount,) = _examine(terms.permissions, calls[i]);
            total += amount;
            _refuseTarget(account, calls[i].target);
        }
        if (total == 0) return;
        _spend(slot, terms.maxPerPeriod, total);
        _spendBudget(_budgets[terms.asset][account].packed, terms.asset, total);
    }

    /// @inheritdoc IMandateExecutor
    function left(address account, Terms calldata terms) external view returns (Left memory rest) {
        AccountState memory state = _accounts[account];
        uint256 slot = _mandates[MandateHash.idOf(account, state.epoch, terms)][account].packed;
        uint256 flags = slot & 0xff;
        rest.usable = !state.paused && !state.removed && flags == GRANTED
            && block.timestamp >= terms.validFrom && block.timestamp < terms.validUntil;
        // `grant` refuses a period of nought, so these terms were never granted.
        if (terms.period == 0) return rest;
        slot = slot.rollMandate(WindowLib.indexOf(block.timestamp, terms.period));
        uint256 shift = WindowLib.shiftOf(terms.maxPerPeriod, WindowLib.MANDATE_BITS);
        rest.ofPeriod = WindowLib.leftOf(terms.maxPerPeriod, slot.unitsOfMandate(), shift);
        (,, rest.ofBudget) = budgetOf(account, terms.asset);
        uint256 made = slot.callsOf();
        rest.calls = made < terms.maxCalls ? terms.maxCalls - made : 0;
    }

    /// @inheritdoc IMandateExecutor
    function idOf(address account, Terms calldata terms) external view returns (MandateId) {
        return MandateHash.idOf(account, _accounts[account].epoch, terms);
    }

    /// @inheritdoc IMandateExecutor
    function isActive(address account, Terms calldata terms) external view returns (bool) {
        AccountState memory state = _accounts[account];
        return !state.paused && !state.removed
            && _mandates[MandateHash.idOf(account, state.epoch, terms)][account].packed & 0xff == GRANTED;
    }

    /// @inheritdoc IMandateExecutor
    function requireActive(address account, Terms calldata terms) external view returns (MandateId id) {
        (id,,) = _active(account, terms);
    }

    /// @inheritdoc IMandateExecutor
    function epochOf(address account) external view returns (uint64) {
        return _accounts[account].epoch;
    }

    /// @inheritdoc IMandateExecutor
    function isPaused(address account) external view returns (bool) {
        return _accounts[account].paused;
    }

    /// @inheritdoc IMandateExecutor
    function budgetOf(address account, address asset)
        public
        view
        returns (uint256 amount, uint32 period, uint256 ofBudget)
    {
        uint256 slot = _budgets[asset][account].packed.rollBudget(block.timestamp);
        amount = slot.limitOfBudget();
        period = slot.periodOfBudget();
        uint256 shift = WindowLib.shiftOf(amount, WindowLib.BUDGET_BITS);
        ofBudget = WindowLib.leftOf(amount, slot.unitsOfBudget(), shift);
    }

    /// @inheritdoc IERC7579Module
    function onInstall(bytes calldata) external {
        _accounts[msg.sender].removed = false;
    }

    /// @inheritdoc IERC7579Module
    function onUninstall(bytes calldata) external {
        _accounts[msg.sender].removed = true;
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    /// @dev All limits are taken before the account calls anybody, so a call that comes back here finds them taken.
    function _use(address account, Terms calldata terms, Execution[] calldata calls, bytes32 intent) private {
        (MandateId id, Slot storage mandate, uint256 slot) = _open(account, terms, calls.length);
        (uint256 total, uint256 pulled) = _examineAll(account, id, terms.permissions, calls, intent);
        if (total != 0) {
            slot = _spend(slot, terms.maxPerPeriod, total);
            address asset = terms.asset;
            Slot storage budget = _budgets[asset][account];
            budget.packed = _spendBudget(budget.packed, asset, total);
        }
        mandate.packed = slot;
        if (calls.length == 1 && pulled == 0) _callOne(account, calls[0]);
        else _callMany(account, terms, calls, pulled);
    }

    /// @dev The sum of the amounts, and a bit for each call that pulls.
    function _examineAll(
        address account,
        MandateId id,
        Permission[] calldata permissions,
        Execution[] calldata calls,
        bytes32 intent
    ) private returns (uint256 total, uint256 pulled) {
        for (uint256 i = 0; i < calls.length;) {
            Execution calldata made = calls[i];
            (bytes4 selector, uint256 amount, bool pulls) = _examine(permissions, made);
            emit MandateUsed(account, id, intent, made.target, selector, amount);
            // At most 255 calls of at most 2^128 each.
            unchecked {
                total += amount;
                if (pulls) pulled |= 1 << i;
                ++i;
            }
        }
    }

    /// @dev The account's answer is of no interest, so it is not decoded; that there is one shows that there is an account.
    function _callOne(address account, Execution calldata made) private {
        bytes calldata data = made.callData;
        // The same bytes as abi.encodeCall(executeFromExecutor, (0, target ‖ 0 ‖ data)), copied once.
        bytes memory message = abi.encodePacked(
            IERC7579Execution.executeFromExecutor.selector,
            bytes32(0),
            uint256(0x40),
            52 + data.length,
            made.target,
            uint256(0),
            data
        );
        if (!LowLevelCall.callNoReturn(account, message)) LowLevelCall.bubbleRevert();
        if (LowLevelCall.returnDataSize() == 0) revert MandateNoAccount(account);
    }

    /// @dev A call that pulls is put between the approval of its amount and the approval of nought.
    function _callMany(address account, Terms calldata terms, Execution[] calldata calls, uint256 pulled)
        private
    {
        Execution[] memory batch = new Execution[](calls.length + 2 * LibBit.popCount(pulled));
        uint256 next;
        for (uint256 i = 0; i < calls.length; ++i) {
            if (pulled >> i & 1 == 0) {
                batch[next++] = calls[i];
                continue;
            }
            (, uint256 amount,) = _examine(terms.permissions, calls[i]);
            batch[next++] = _approval(terms.asset, calls[i].target, amount);
            batch[next++] = calls[i];
            batch[next++] = _approval(terms.asset, calls[i].target, 0);
        }
        IERC7579Execution(account).executeFromExecutor(BATCH, abi.encode(batch));
    }

    /// @dev A mandate that may be used now, its sub-buckets moved to now and the calls counted.
    function _open(address account, Terms calldata terms, uint256 count)
        private
        view
        returns (MandateId id, Slot storage mandate, uint256 slot)
    {
        if (count == 0) revert MandateNoCalls();
        (id, mandate, slot) = _active(account, terms);
        if (block.timestamp < terms.validFrom) revert MandateNotYet(terms.validFrom);
        if (block.timestamp >= terms.validUntil) revert MandateExpired(terms.validUntil);
        slot = slot.rollMandate(WindowLib.indexOf(block.timestamp, terms.period));
        uint256 most = terms.maxCalls;
        // The sum is at most 4 x 255; `count` is bounded by the calldata.
        unchecked {
            if (slot.callsOf() + count > most) revert MandateTooManyCalls(most);
        }
        slot = slot.addCalls(count);
    }

    /// @dev The first permission that names the function and whose pins all hold decides.
    function _examine(Permission[] calldata permissions, Execution calldata made)
        private
        pure
        returns (bytes4 selector, uint256 amount, bool pulls)
    {
        if (made.value != 0) revert MandateValueDenied(made.value);
        address target = made.target;
        bytes calldata data = made.callData;
        if (data.length < 4) revert MandateCallDataShort(data.length, 4);
        selector = bytes4(data);
        uint256 named = permissions.length;
        for (uint256 i = 0; i < permissions.length;) {
            Permission calldata permission = permissions[i];
            if (permission.target == target && permission.selector == selector) {
                Pin[] calldata pins = permission.pins;
                if (_firstBroken(pins, data) == pins.length) {
                    uint256 index = permission.amountArg;
                    if (index == MandateTerms.NO_AMOUNT) return (selector, 0, false);
                    amount = uint256(_argument(data, index));
                    if (amount > permission.maxAmount) {
                        revert MandateAmountTooLarge(amount, permission.maxAmount);
                    }
                    return (selector, amount, permission.pulls);
                }
                if (named == permissions.length) named = i;
            }
            // Bounded by the length.
            unchecked {
                ++i;
            }
        }
        if (named == permissions.length) revert MandateFunctionDenied(target, selector);
        Pin calldata pin = permissions[named].pins[_firstBroken(permissions[named].pins, data)];
        revert MandateArgumentDenied(pin.index, _argument(data, pin.index), pin.value);
    }

    function _firstBroken(Pin[] calldata pins, bytes calldata data) private pure returns (uint256 i) {
        while (i < pins.length && _argument(data, pins[i].index) == pins[i].value) ++i;
    }

    function _argument(bytes calldata data, uint256 index) private pure returns (bytes32) {
        // Indices have eight bits.
        unchecked {
            uint256 end = 36 + 32 * index;
            if (data.length < end) revert MandateCallDataShort(data.length, end);
            return bytes32(data[end - 32:]);
        }
    }

    function _spend(uint256 slot, uint256 limit, uint256 amount) private pure returns (uint256) {
        uint256 shift = WindowLib.shiftOf(limit, WindowLib.MANDATE_BITS);
        uint256 spent = slot.unitsOfMandate();
        uint256 units = WindowLib.unitsUp(amount, shift);
        // No overflow: 2^46 and 2^136.
        unchecked {
            if (spent + units > limit >> shift) {
                revert MandatePeriodSpent(amount, WindowLib.leftOf(limit, spent, shift));
            }
        }
        return slot.addUnits(units);
    }

    function _spendBudget(uint256 slot, address asset, uint256 amount) private view returns (uint256) {
        if (slot == 0) revert MandateBudgetSpent(asset, amount, 0);
        slot = slot.rollBudget(block.timestamp);
        uint256 limit = slot.limitOfBudget();
        uint256 shift = WindowLib.shiftOf(limit, WindowLib.BUDGET_BITS);
        uint256 spent = slot.unitsOfBudget();
        uint256 units = WindowLib.unitsUp(amount, shift);
        unchecked {
            if (spent + units > limit >> shift) {
                revert MandateBudgetSpent(asset, amount, WindowLib.leftOf(limit, spent, shift));
            }
            // Within the limit, hence within the lowest field.
            return slot + units;
        }
    }

    function _active(address account, Terms calldata terms)
        private
        view
        returns (MandateId id, Slot storage mandate, uint256 slot)
    {
        AccountState storage state = _accounts[account];
        id = MandateHash.idOf(account, state.epoch, terms);
        mandate = _mandates[id][account];
        slot = mandate.packed;
        if (slot & 0xff == GRANTED && !state.paused && !state.removed) return (id, mandate, slot);
        if (slot & GRANTED == 0) revert MandateUnknown(id);
        if (slot & REVOKED != 0) revert MandateRevokedAlready(id);
        if (state.removed) revert MandateExecutorRemoved();
        revert MandatePausedByAccount(state.paused);
    }

    function _known(MandateId id) private view returns (Slot storage mandate) {
        mandate = _mandates[id][msg.sender];
        if (mandate.packed & GRANTED == 0) revert MandateUnknown(id);
        if (mandate.packed & REVOKED != 0) revert MandateRevokedAlready(id);
    }

    function _refuseTarget(address account, address target) private view {
        if (target == address(this) || IAccountBase(account).isOffLimits(target)) {
            revert MandateTargetForbidden(target);
        }
    }

    function _approval(address asset, address spender, uint256 amount)
        private
        pure
        returns (Execution memory)
    {
        return Execution(asset, 0, abi.encodeCall(IERC20.approve, (spender, amount)));
    }
}
