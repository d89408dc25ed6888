// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { MandateId, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "../accounts/AccountFixture.sol";
import { Test } from "../support/Test.sol";

/// Grants, uses, revokes, pauses, changes devices and lets time pass, at random, against the real contracts; remembers by
/// itself what may be done, and fails at once where the contracts let more through.
contract MandateHandler is AccountFixture {
    uint32 private constant BUDGET_PERIOD = 3 hours;

    struct Granted {
        /// abi.encode of its terms.
        bytes terms;
        MandateId id;
        uint64 epoch;
        bool revoked;
        bool paused;
    }

    struct Spent {
        uint256 time;
        uint256 amount;
        uint256 mandate;
    }

    PasskeyAccount public account;
    Granted[] private _granted;
    Spent[] private _spent;
    uint256 public used;
    uint256 public refused;
    uint256 private _budget;
    uint64 private _epoch;
    bool private _isPaused;
    uint256 private _salts;
    /// Private key of each device ever added at an index, and whether it is in force.
    mapping(uint8 index => uint256) private _devices;
    uint256 private _inForce = 1;
    uint256 private _keys = 10_000;

    constructor() {
        deployAll();
        account = openAccount(PASSKEY);
        _devices[0] = PASSKEY;
        _setBudget(200e6);
        grant(1, 1, 1);
    }

    modifier onTime() {
        vm.warp(clock);
        _;
    }

    function grant(uint256 who, uint256 perPeriod, uint256 life) public onTime {
        Terms memory terms = someTerms();
        terms.agent = vm.addr(AGENT + who % 3);
        terms.maxPerPeriod = uint128(10e6 + perPeriod % 100e6);
        terms.validUntil = uint40(clock + 1 + life % 12 hours);
        terms.maxCalls = uint8(1 + life % 9);
        terms.salt = bytes32(++_salts);
        _granted.push();
        Granted storage last = _granted[_granted.length - 1];
        last.terms = abi.encode(terms);
        last.epoch = _epoch;
        last.id = grantTo(account, terms);
    }

    /// A use, by the agent itself or as a sponsored operation.
    function use(uint256 which, uint256 amount, bool sponsored) public onTime {
        uint256 mandate = which % _granted.length;
        Terms memory terms = _termsOf(mandate);
        amount %= 60e6;
        uint256 before = token.balanceOf(shop);
        if (sponsored) {
            PackedUserOperation memory op = sponsoredByAgent(
                address(account), _keyOf(terms.agent), actAsData(terms, one(transferCall(shop, amount)))
            );
            vm.prank(bundler, bundler);
            try ENTRY_POINT.handleOps(bundleOf(op), payable(bundler)) { } catch { }
        } else {
            vm.prank(terms.agent);
            try executor.act(address(account), terms, one(transferCall(shop, amount)), INTENT) { } catch { }
        }
        uint256 moved = token.balanceOf(shop) - before;
        if (moved == 0) {
            ++refused;
            return;
        }
        ++used;
        vm.assertEq(moved, amount);
        _spent.push(Spent(clock, amount, mandate));
        vm.assertLt(clock, terms.validUntil);
        _assertAllowed(_granted[mandate]);
    }

    /// A busy hour: alone among so many other acts, single uses would seldom reach a limit.
    function useMuch(uint256 seed) public onTime {
        for (uint256 i = 0; i < 8; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            use(random, 20e6 + (random >> 64) % 40e6, (random >> 128) & 3 == 0);
            warpBy((random >> 160) % 20 minutes);
        }
    }

    function setBudget(uint256 amount) public onTime {
        _setBudget(1e6 + amount % 300e6);
    }

    function revoke(uint256 which) public onTime {
        Granted storage granted = _granted[which % _granted.length];
        if (granted.revoked) return;
        granted.revoked = true;
        vm.prank(address(account));
        executor.revoke(granted.id);
    }

    function pause(uint256 which, bool on) public onTime {
        Granted storage granted = _granted[which % _granted.length];
        if (granted.revoked) return;
        granted.paused = on;
        vm.prank(address(account));
        executor.pauseMandate(granted.id, on);
    }

    /// Seldom, or little else would happen.
    function pauseAll(uint256 dice) public onTime {
        _isPaused = dice % 4 == 0;
        vm.prank(address(account));
        executor.pauseAccount(_isPaused);
    }

    function revokeAll(uint256 dice) public onTime {
        if (dice % 4 != 0) return;
        ++_epoch;
        vm.prank(address(account));
        executor.revokeAll();
        grant(dice, dice, dice);
    }

    function addDevice() public onTime {
        (uint8[] memory indices,) = account.passkeys();
        if (indices.length > 8) return;
        uint256 key = ++_keys;
        Passkey memory passkey = passkeyOf(key);
        vm.prank(address(account));
        uint8 index = account.addPasskey(passkey, noListing());
        _devices[index] = key;
        _inForce |= 1 << index;
    }

    function removeDevice(uint256 which) public onTime {
        uint8 index = uint8(which % 9);
        if (_inForce >> index & 1 == 0 || _inForce == 1 << index) return;
        _inForce &= ~(1 << uint256(index));
        vm.prank(address(account));
        account.removePasskey(index);
    }

    /// A device signs: it is taken if and only if it is in force.
    function sign(uint256 which) public onTime {
        uint8 index = uint8(which % 9);
        if (_devices[index] == 0) return;
        PackedUserOperation memory op = operation(address(account), 0, "");
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = signPasskey(_devices[index], index, hash);
        vm.prank(address(ENTRY_POINT));
        uint256 problem = account.validateUserOp(op, hash, 0);
        vm.assertEq(problem == 0, _inForce >> index & 1 == 1);
    }

    function wait(uint256 time) public {
        warpBy(time % 50 minutes);
    }

    /// In every window that ends with a use, and hence in every window: no more than the limits.
    function assertWindows() external view {
        for (uint256 last = 0; last < _spent.length; ++last) {
            uint256 ofMandate;
            uint256 calls;
            Terms memory terms = _termsOf(_spent[last].mandate);
            for (uint256 i = 0; i <= last; ++i) {
                if (_spent[i].mandate != _spent[last].mandate) continue;
                if (_spent[i].time + terms.period < _spent[last].time) continue;
                ofMandate += _spent[i].amount;
                ++calls;
            }
            vm.assertLe(ofMandate, terms.maxPerPeriod);
            vm.assertLe(calls, terms.maxCalls);
        }
    }

    function spentSum() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _spent.length; ++i) {
            sum += _spent[i].amount;
        }
    }

    function shopBalance() external view returns (uint256) {
        return token.balanceOf(shop) - 1;
    }

    function _assertAllowed(Granted storage granted) private view {
        vm.assertFalse(granted.revoked);
        vm.assertFalse(granted.paused);
        vm.assertFalse(_isPaused);
        vm.assertEq(uint256(granted.epoch), _epoch);
        uint256 sum;
        for (uint256 i = 0; i < _spent.length; ++i) {
            if (_spent[i].time + BUDGET_PERIOD >= clock) sum += _spent[i].amount;
        }
        vm.assertLe(sum, _budget);
    }

    function _termsOf(uint256 mandate) private view returns (Terms memory) {
        return abi.decode(_granted[mandate].terms, (Terms));
    }

    function _setBudget(uint256 amount) private {
        _budget = amount;
        vm.prank(address(account));
        executor.setBudget(address(token), uint128(amount), BUDGET_PERIOD);
    }

    function _keyOf(address who) private pure returns (uint256) {
        for (uint256 i = 0; i < 3; ++i) {
            if (vm.addr(AGENT + i) == who) return AGENT + i;
        }
        return 0;
    }
}

contract MandateInvariantTest is Test {
    MandateHandler private _handler;

    function setUp() public {
        _handler = new MandateHandler();
        targetContract(address(_handler));
    }

    function invariant_windowsHold() public view {
        _handler.assertWindows();
    }

    function invariant_everythingSpentIsAccountedFor() public view {
        vm.assertEq(_handler.spentSum(), _handler.shopBalance());
    }
}
