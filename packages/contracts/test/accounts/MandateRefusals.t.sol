// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IEntryPoint,
    IEntryPointStake,
    PackedUserOperation
} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {
    Execution,
    IERC7579Execution,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { IMandateExecutor, MandateId, Permission, Pin, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { AccountFixture, IEntryPointFull } from "./AccountFixture.sol";

/// Every bound, on every path: what `check` says, the agent's own transaction, and its operation through the EntryPoint.
/// The reason is the same, and nothing is taken from any limit.
contract MandateRefusalsTest is AccountFixture {
    PasskeyAccount private _account;
    MandateId private _id;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
        _id = grantTo(_account, someTerms());
    }

    function test_noCalls() public {
        _refuse(someTerms(), noCalls(), abi.encodeWithSelector(IMandateExecutor.MandateNoCalls.selector));
    }

    function test_function() public {
        _refuse(
            someTerms(),
            one(call(address(token), abi.encodeCall(token.approve, (agent, 1)))),
            abi.encodeWithSelector(
                IMandateExecutor.MandateFunctionDenied.selector, address(token), token.approve.selector
            )
        );
    }

    function test_contract() public {
        PlayDollar other = new PlayDollar();
        _refuse(
            someTerms(),
            one(call(address(other), abi.encodeCall(token.transfer, (shop, 1)))),
            abi.encodeWithSelector(
                IMandateExecutor.MandateFunctionDenied.selector, address(other), token.transfer.selector
            )
        );
    }

    /// None of what governs the account, by any of its functions that matter.
    function test_governing() public {
        Execution[6] memory calls = [
            call(address(_account), abi.encodeCall(_account.removePasskey, (0))),
            call(address(0), abi.encodeCall(_account.removePasskey, (0))),
            call(address(executor), abi.encodeCall(executor.pauseAccount, (false))),
            call(address(executor), abi.encodeCall(executor.setBudget, (address(token), 1e18, 1))),
            call(address(recovery), abi.encodeCall(recovery.cancel, ())),
            call(address(ENTRY_POINT), abi.encodeCall(IEntryPointStake.depositTo, (agent)))
        ];
        for (uint256 i = 0; i < 6; ++i) {
            _refuse(
                someTerms(),
                one(calls[i]),
                abi.encodeWithSelector(
                    IMandateExecutor.MandateFunctionDenied.selector,
                    calls[i].target,
                    bytes4(calls[i].callData)
                )
            );
        }
    }

    function test_value() public {
        vm.deal(address(_account), 1 ether);
        Execution[] memory calls = one(transferCall(shop, 1));
        calls[0].value = 1;
        _refuse(someTerms(), calls, abi.encodeWithSelector(IMandateExecutor.MandateValueDenied.selector, 1));
        _refuse(
            someTerms(),
            one(Execution(shop, 1, "")),
            abi.encodeWithSelector(IMandateExecutor.MandateValueDenied.selector, 1)
        );
    }

    function test_callDataShort() public {
        bytes memory data = abi.encodeCall(token.transfer, (shop, 1));
        uint256[4] memory lengths = [uint256(0), 3, 4, 67];
        for (uint256 i = 0; i < 4; ++i) {
            uint256 length = lengths[i];
            bytes memory cut = new bytes(length);
            for (uint256 j = 0; j < length; ++j) {
                cut[j] = data[j];
            }
            _refuse(
                someTerms(),
                one(call(address(token), cut)),
                abi.encodeWithSelector(
                    IMandateExecutor.MandateCallDataShort.selector, length, length < 4 ? 4 : 68
                )
            );
        }
    }

    function test_amountOfCall() public {
        uint256[3] memory amounts = [uint256(50e6) + 1, uint256(1) << 128, type(uint256).max];
        for (uint256 i = 0; i < 3; ++i) {
            _refuse(
                someTerms(),
                one(transferCall(shop, amounts[i])),
                abi.encodeWithSelector(
                    IMandateExecutor.MandateAmountTooLarge.selector, amounts[i], uint256(50e6)
                )
            );
        }
    }

    function test_pins() public {
        Terms memory terms = _pinned();
        grantTo(_account, terms);
        _refuse(
            terms,
            one(transferCall(agent, 1e6)),
            abi.encodeWithSelector(
                IMandateExecutor.MandateArgumentDenied.selector,
                0,
                bytes32(uint256(uint160(agent))),
                bytes32(uint256(uint160(shop)))
            )
        );
        // Dirty upper bits are another word, though the token may read the same address.
        bytes32 dirty = bytes32(uint256(uint160(shop)) | 1 << 200);
        _refuse(
            terms,
            one(call(address(token), abi.encodePacked(token.transfer.selector, dirty, uint256(1)))),
            abi.encodeWithSelector(
                IMandateExecutor.MandateArgumentDenied.selector, 0, dirty, bytes32(uint256(uint160(shop)))
            )
        );
    }

    function test_period() public {
        _act(50e6);
        _act(30e6);
        _refuse(
            someTerms(),
            one(transferCall(shop, 20e6 + 1)),
            abi.encodeWithSelector(
                IMandateExecutor.MandatePeriodSpent.selector, uint256(20e6) + 1, uint256(20e6)
            )
        );
        _act(20e6);
    }

    /// A batch counts every call, and its amounts together.
    function test_period_inOneBatch() public {
        Execution[] memory calls = new Execution[](3);
        for (uint256 i = 0; i < 3; ++i) {
            calls[i] = transferCall(shop, 40e6);
        }
        _refuse(
            someTerms(),
            calls,
            abi.encodeWithSelector(
                IMandateExecutor.MandatePeriodSpent.selector, uint256(120e6), uint256(100e6)
            )
        );
    }

    function test_budget() public {
        setBudget(_account, 60e6, 1 days);
        _act(35e6);
        _refuse(
            someTerms(),
            one(transferCall(shop, 30e6)),
            abi.encodeWithSelector(
                IMandateExecutor.MandateBudgetSpent.selector, address(token), uint256(30e6), uint256(25e6)
            )
        );
    }

    function test_budget_none() public {
        PlayDollar other = new PlayDollar();
        Terms memory terms = someTerms();
        terms.asset = address(other);
        terms.permissions[0].target = address(other);
        grantTo(_account, terms);
        vm.prank(address(_account));
        other.faucet(100e6);
        _refuse(
            terms,
            one(call(address(other), abi.encodeCall(other.transfer, (shop, 1)))),
            abi.encodeWithSelector(IMandateExecutor.MandateBudgetSpent.selector, address(other), 1, 0)
        );
    }

    function test_rate() public {
        for (uint256 i = 0; i < 9; ++i) {
            _act(1);
        }
        Execution[] memory calls = new Execution[](2);
        calls[0] = transferCall(shop, 1);
        calls[1] = transferCall(shop, 1);
        bytes memory reason = abi.encodeWithSelector(IMandateExecutor.MandateTooManyCalls.selector, 10);
        _refuse(someTerms(), calls, reason);
        _act(1);
        _refuse(someTerms(), one(transferCall(shop, 1)), reason);
    }

    // What validation refuses already, with the executor's reason.

    function test_unknown() public {
        Terms memory terms = someTerms();
        // Nobody can bring better terms than those granted.
        terms.maxPerPeriod += 1;
        _refuseUnknown(terms);
        terms = someTerms();
        terms.validUntil += 1;
        _refuseUnknown(terms);
        terms = someTerms();
        terms.permissions[0].maxAmount += 1;
        _refuseUnknown(terms);
        terms = someTerms();
        terms.salt = bytes32(uint256(1));
        _refuseUnknown(terms);
    }

    function test_ofAnotherAccount() public {
        PasskeyAccount other = openAccount(0xb0b);
        MandateId id = executor.idOf(address(other), someTerms());
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateUnknown.selector, id));
        executor.act(address(other), someTerms(), one(transferCall(shop, 1)), INTENT);
    }

    function test_revoked() public {
        vm.prank(address(_account));
        executor.revoke(_id);
        _refuseAtValidation(abi.encodeWithSelector(IMandateExecutor.MandateRevokedAlready.selector, _id));
    }

    function test_revokedAll() public {
        vm.prank(address(_account));
        executor.revokeAll();
        _refuseUnknown(someTerms());
    }

    function test_pausedMandate() public {
        vm.prank(address(_account));
        executor.pauseMandate(_id, true);
        _refuseAtValidation(abi.encodeWithSelector(IMandateExecutor.MandatePausedByAccount.selector, false));
    }

    function test_pausedAccount() public {
        vm.prank(address(_account));
        executor.pauseAccount(true);
        _refuseAtValidation(abi.encodeWithSelector(IMandateExecutor.MandatePausedByAccount.selector, true));
    }

    function test_executorRemoved() public {
        vm.prank(address(_account));
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(executor), "");
        _refuseAtValidation(abi.encodeWithSelector(IMandateExecutor.MandateExecutorRemoved.selector));
        vm.prank(address(_account));
        _account.installModule(MODULE_TYPE_EXECUTOR, address(executor), "");
        _act(1);
    }

    /// Without the validator the agent's signature is one like any other: not a passkey's. Its own transactions go on.
    function test_validatorRemoved() public {
        vm.prank(address(_account));
        _account.uninstallModule(MODULE_TYPE_VALIDATOR, address(validator), "");
        PackedUserOperation memory op = _operation(someTerms(), one(transferCall(shop, 1)));
        vm.expectRevert(refusedSignature());
        handle(op);
        _act(1);
    }

    function test_notYet() public {
        Terms memory terms = someTerms();
        terms.validFrom = uint40(clock + 100);
        grantTo(_account, terms);
        warpBy(99);
        _refuseForTime(
            terms, abi.encodeWithSelector(IMandateExecutor.MandateNotYet.selector, uint256(terms.validFrom))
        );
        warpBy(1);
        _actWith(terms, 1);
        handle(_operation(terms, one(transferCall(shop, 1))));
        vm.assertEq(token.balanceOf(shop), 3);
    }

    function test_expired() public {
        Terms memory terms = someTerms();
        warpBy(1 days - 1);
        _actWith(terms, 1);
        handle(_operation(terms, one(transferCall(shop, 1))));
        vm.assertEq(token.balanceOf(shop), 3);
        warpBy(1);
        _refuseForTime(
            terms, abi.encodeWithSelector(IMandateExecutor.MandateExpired.selector, uint256(terms.validUntil))
        );
    }

    function test_notAgent() public {
        vm.expectRevert(
            abi.encodeWithSelector(IMandateExecutor.MandateNotAgent.selector, address(this), agent)
        );
        executor.act(address(_account), someTerms(), one(transferCall(shop, 1)), INTENT);
        PackedUserOperation memory op = _operation(someTerms(), one(transferCall(shop, 1)));
        signByAgent(op, 0xbad);
        vm.expectRevert(refusedSignature());
        handle(op);
    }

    /// The account's own guard: were the executor to let something through, what governs the account stays out of reach.
    function test_accountGuard() public {
        address[7] memory targets = [
            address(0),
            address(_account),
            address(ENTRY_POINT),
            address(factory),
            address(executor),
            address(validator),
            address(recovery)
        ];
        for (uint256 i = 0; i < 7; ++i) {
            vm.assertTrue(_account.isOffLimits(targets[i]));
            bytes memory reason =
                abi.encodeWithSelector(IMandateExecutor.MandateTargetForbidden.selector, targets[i]);
            vm.prank(address(executor));
            vm.expectRevert(reason);
            _account.executeFromExecutor(0, abi.encodePacked(targets[i], uint256(0), hex"12345678"));
            Execution[] memory calls = new Execution[](2);
            calls[0] = transferCall(shop, 1);
            calls[1] = call(targets[i], hex"12345678");
            vm.prank(address(executor));
            vm.expectRevert(reason);
            _account.executeFromExecutor(bytes32(bytes1(0x01)), abi.encode(calls));
        }
        // No delegatecall, and no money with a call.
        vm.prank(address(executor));
        vm.expectRevert();
        _account.executeFromExecutor(bytes32(bytes1(0xff)), abi.encodePacked(shop, hex"12345678"));
        vm.deal(address(_account), 1 ether);
        vm.prank(address(executor));
        _account.executeFromExecutor(0, abi.encodePacked(shop, uint256(1 ether), ""));
        vm.assertEq(address(_account).balance, 1 ether);
    }

    function test_executeFromExecutor_byStranger() public {
        vm.expectRevert();
        _account.executeFromExecutor(0, abi.encodePacked(shop, uint256(0), ""));
        // Not even by what the account was born with, in another role.
        vm.prank(address(validator));
        vm.expectRevert();
        _account.executeFromExecutor(0, abi.encodePacked(shop, uint256(0), ""));
    }

    /// An agent that is a contract may give any account's address: where there is none, nothing is made.
    function test_noAccount() public {
        vm.prank(agent);
        vm.expectRevert();
        executor.act(address(0xe0a), someTerms(), one(transferCall(shop, 1)), INTENT);
        // An account whose code has gone since the grant (EIP-7702 can take it back).
        vm.etch(address(_account), "");
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateNoAccount.selector, address(_account)));
        executor.act(address(_account), someTerms(), one(transferCall(shop, 1)), INTENT);
    }

    function _pinned() private view returns (Terms memory terms) {
        terms = someTerms();
        terms.permissions[0].pins = new Pin[](1);
        terms.permissions[0].pins[0] = Pin(0, bytes32(uint256(uint160(shop))));
    }

    function _act(uint256 amount) private {
        _actWith(someTerms(), amount);
    }

    function _actWith(Terms memory terms, uint256 amount) private {
        vm.prank(agent);
        executor.act(address(_account), terms, one(transferCall(shop, amount)), INTENT);
    }

    function _operation(Terms memory terms, Execution[] memory calls)
        private
        view
        returns (PackedUserOperation memory)
    {
        return sponsoredByAgent(address(_account), AGENT, actAsData(terms, calls));
    }

    function _refuse(Terms memory terms, Execution[] memory calls, bytes memory reason) private {
        bytes32 before = _state(terms);
        _refuseCheckAndAct(terms, calls, reason);
        PackedUserOperation memory op = _operation(terms, calls);
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        vm.expectEmit(address(ENTRY_POINT));
        emit IEntryPointFull.UserOperationRevertReason(hash, address(_account), op.nonce, reason);
        handle(op);
        vm.assertEq(_state(terms), before);
    }

    function _refuseAtValidation(bytes memory reason) private {
        Execution[] memory calls = one(transferCall(shop, 1));
        bytes32 before = _state(someTerms());
        _refuseCheckAndAct(someTerms(), calls, reason);
        PackedUserOperation memory op = _operation(someTerms(), calls);
        vm.expectRevert(refusedAtValidation(reason));
        handle(op);
        vm.assertEq(_state(someTerms()), before);
    }

    function _refuseUnknown(Terms memory terms) private {
        bytes memory reason = abi.encodeWithSelector(
            IMandateExecutor.MandateUnknown.selector, executor.idOf(address(_account), terms)
        );
        Execution[] memory calls = one(transferCall(shop, 1));
        _refuseCheckAndAct(terms, calls, reason);
        PackedUserOperation memory op = _operation(terms, calls);
        vm.expectRevert(refusedAtValidation(reason));
        handle(op);
    }

    function _refuseForTime(Terms memory terms, bytes memory reason) private {
        Execution[] memory calls = one(transferCall(shop, 1));
        bytes32 before = _state(terms);
        _refuseCheckAndAct(terms, calls, reason);
        PackedUserOperation memory op = _operation(terms, calls);
        vm.expectRevert(abi.encodeWithSelector(IEntryPoint.FailedOp.selector, 0, "AA22 expired or not due"));
        handle(op);
        vm.assertEq(_state(terms), before);
    }

    function _refuseCheckAndAct(Terms memory terms, Execution[] memory calls, bytes memory reason) private {
        vm.expectRevert(reason);
        executor.check(address(_account), terms, calls);
        vm.prank(agent);
        vm.expectRevert(reason);
        executor.act(address(_account), terms, calls, INTENT);
    }

    function _state(Terms memory terms) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                executor.left(address(_account), terms),
                token.balanceOf(address(_account)),
                address(_account).balance
            )
        );
    }
}
