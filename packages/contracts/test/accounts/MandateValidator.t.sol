// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { Execution, IERC7579Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { MandateId, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { IMandateValidator } from "../../src/accounts/IMandateValidator.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// What an agent's signature lets through validation: the use of its mandate, sponsored, and nothing else.
contract MandateValidatorTest is AccountFixture {
    PasskeyAccount private _account;
    MandateId private _id;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
        _id = grantTo(_account, someTerms());
    }

    function test_window() public {
        PackedUserOperation memory op = _operation();
        uint256 data = _validate(op);
        vm.assertEq(data & type(uint160).max, 0);
        vm.assertEq((data >> 160) & type(uint48).max, clock + 1 days - 1);
        vm.assertEq(data >> 208, clock - 1);
    }

    function test_unsponsored() public {
        vm.deal(address(_account), 1 ether);
        PackedUserOperation memory op =
            operation(address(_account), agentKey(), actAsData(someTerms(), one(transferCall(shop, 1))));
        signByAgent(op, AGENT);
        vm.expectRevert(
            refusedAtValidation(abi.encodeWithSelector(IMandateValidator.MandateNotSponsored.selector))
        );
        handle(op);
    }

    function test_onlyItsSender() public {
        PackedUserOperation memory op = _operation();
        vm.expectRevert(
            abi.encodeWithSelector(
                IMandateValidator.MandateNotSender.selector, address(this), address(_account)
            )
        );
        validator.validateUserOp(op, 0);
    }

    /// Whatever else an agent might have the account do.
    function test_otherOperations() public {
        Execution[] memory two = new Execution[](2);
        two[0] = call(
            address(executor),
            abi.encodeCall(executor.actAs, (someTerms(), one(transferCall(shop, 1)), INTENT))
        );
        two[1] = two[0];
        bytes[9] memory callDatas = [
            executeData(one(transferCall(shop, 1))),
            executeData(one(call(address(executor), abi.encodeCall(executor.pauseAccount, (false))))),
            executeData(one(call(address(executor), abi.encodeCall(executor.grant, (someTerms(), "more"))))),
            executeData(one(call(address(_account), abi.encodeCall(_account.removePasskey, (0))))),
            executeData(two),
            abi.encodeCall(_account.removePasskey, (0)),
            abi.encodeCall(_account.uninstallModule, (2, address(executor), "")),
            "",
            hex"e9ae5c53"
        ];
        for (uint256 i = 0; i < 9; ++i) {
            _refuse(callDatas[i]);
        }
    }

    /// The use of a mandate in any but the one form: with value, another executor, in try mode, with bytes behind it.
    function test_otherForms() public {
        bytes memory use = abi.encodeCall(executor.actAs, (someTerms(), one(transferCall(shop, 1)), INTENT));
        _refuse(_executeData(0, address(executor), 1, use));
        _refuse(_executeData(0, address(0xbad), 0, use));
        _refuse(_executeData(bytes32(bytes2(0x0001)), address(executor), 0, use));
        _refuse(_executeData(bytes32(uint256(1)), address(executor), 0, use));
        _refuse(abi.encodePacked(_executeData(0, address(executor), 0, use), uint256(0)));
        _refuse(_executeData(0, address(executor), 0, abi.encodePacked(use, uint256(0))));
        _refuse(
            _executeData(
                0,
                address(executor),
                0,
                abi.encodeCall(
                    executor.act, (address(_account), someTerms(), one(transferCall(shop, 1)), INTENT)
                )
            )
        );
    }

    function testFuzz_flippedByte(uint256 place, uint8 by) public {
        PackedUserOperation memory op = _operation();
        place = bound(place, 0, op.callData.length - 1);
        op.callData[place] = bytes1(uint8(op.callData[place]) ^ (by == 0 ? 1 : by));
        // Signed as it is: a wrong form is refused, and terms that were not granted are unknown. What may pass is another
        // call, or intent, under the same terms: that is what the agent may choose.
        signByAgent(op, AGENT);
        (bool success, bytes memory data) = _tryValidate(op);
        if (!success) return;
        vm.assertEq(abi.decode(data, (uint256)) & 1, 0);
        vm.assertEq(bytes4(op.callData), IERC7579Execution.execute.selector);
        // mode, offset, length and target of the execution are as they were.
        bytes memory good = _operation().callData;
        for (uint256 i = 0; i < 4 + 96 + 52 + 4; ++i) {
            vm.assertEq(bytes32(op.callData[i]), bytes32(good[i]));
        }
    }

    function test_signature_forms() public {
        PackedUserOperation memory op = _operation();
        op.signature = "";
        vm.assertEq(_validate(op) & type(uint160).max, 1);
        op.signature = new bytes(65);
        vm.assertEq(_validate(op) & type(uint160).max, 1);
        // Of the hash with Ethereum's prefix: another message.
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(AGENT, keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash)));
        op.signature = abi.encodePacked(r, s, v);
        vm.assertEq(_validate(op) & type(uint160).max, 1);
    }

    function test_replay() public {
        PackedUserOperation memory op = _operation();
        handle(op);
        vm.expectRevert();
        handle(op);
        vm.assertEq(token.balanceOf(shop), 2);
    }

    function test_isValidSignatureWithSender() public view {
        vm.assertEq(
            bytes32(validator.isValidSignatureWithSender(agent, INTENT, "")), bytes32(bytes4(0xffffffff))
        );
    }

    // The rules of ERC-7562, which the local bundler does not check.

    /// Validation reads of other contracts only storage associated with the account.
    function test_storage_isAssociated() public {
        PackedUserOperation memory op = _operation();
        vm.record();
        _validate(op);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(executor));
        vm.assertGt(reads.length, 0);
        vm.assertEq(writes.length, 0);
        _assertAssociated(address(_account), reads);
        (reads, writes) = vm.accesses(address(validator));
        vm.assertEq(reads.length + writes.length, 0);
    }

    /// So does creation with birth calls.
    function test_storage_isAssociated_atBirth() public {
        (address account, Execution[] memory birthCalls) = _newborn();
        vm.record();
        factory.createAccount(passkeyOf(0xbeef), 0, noListing(), birthCalls);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(executor));
        vm.assertEq(writes.length, 2);
        _assertAssociated(account, reads);
        _assertAssociated(account, writes);
        (reads, writes) = vm.accesses(address(factory));
        vm.assertEq(reads.length + writes.length, 0);
        vm.assertTrue(executor.isActive(account, someTerms()));
    }

    /// Validation knows no clock: at the ends of time it says the same.
    function test_clock_isNotRead() public {
        PackedUserOperation memory op = _operation();
        uint256 now_ = _validate(op);
        vm.warp(1);
        vm.assertEq(_validate(op), now_);
        vm.warp(type(uint40).max);
        vm.assertEq(_validate(op), now_);
    }

    /// Nor does an account's birth: the same budget and mandate at any time, lapsed or not.
    function test_clock_isNotRead_atBirth() public {
        (, Execution[] memory birthCalls) = _newborn();
        bytes32[2] memory budgets;
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(i == 0 ? 1 : type(uint40).max);
            address account = factory.createAccount(passkeyOf(0xbeef), bytes32(i), noListing(), birthCalls);
            vm.assertTrue(executor.isActive(account, someTerms()));
            budgets[i] = vm.load(
                address(executor), keccak256(abi.encode(account, keccak256(abi.encode(token, uint256(1)))))
            );
        }
        vm.assertTrue(budgets[0] != 0);
        vm.assertEq(budgets[0], budgets[1]);
    }

    function _newborn() private view returns (address account, Execution[] memory birthCalls) {
        birthCalls = new Execution[](2);
        birthCalls[0] =
            call(address(executor), abi.encodeCall(executor.setBudget, (address(token), 100e6, 1 days)));
        birthCalls[1] = call(address(executor), abi.encodeCall(executor.grant, (someTerms(), "session")));
        account = factory.accountOf(passkeyOf(0xbeef), 0, birthCalls);
    }

    /// Slot keccak256(account ‖ x): the mandate's, the budget's or the account's.
    function _assertAssociated(address account, bytes32[] memory slots) private view {
        bytes32 id = MandateId.unwrap(executor.idOf(account, someTerms()));
        bytes32 mandate = keccak256(abi.encode(account, keccak256(abi.encode(id, uint256(0)))));
        bytes32 budget = keccak256(abi.encode(account, keccak256(abi.encode(token, uint256(1)))));
        bytes32 state = keccak256(abi.encode(account, uint256(2)));
        for (uint256 i = 0; i < slots.length; ++i) {
            vm.assertTrue(slots[i] == mandate || slots[i] == budget || slots[i] == state);
        }
    }

    function _operation() private view returns (PackedUserOperation memory) {
        return sponsoredByAgent(address(_account), AGENT, actAsData(someTerms(), one(transferCall(shop, 1))));
    }

    function _executeData(bytes32 mode, address target, uint256 value, bytes memory data)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(IERC7579Execution.execute, (mode, abi.encodePacked(target, value, data)));
    }

    function _refuse(bytes memory callData) private {
        PackedUserOperation memory op = sponsoredByAgent(address(_account), AGENT, callData);
        (bool success, bytes memory reason) = _tryValidate(op);
        vm.assertFalse(success);
        // Where the bytes cannot even be decoded there is no reason.
        if (reason.length != 0) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(IMandateValidator.MandateOperationDenied.selector));
        }
        vm.expectPartialRevert(bytes4(keccak256("FailedOpWithRevert(uint256,string,bytes)")));
        handle(op);
    }

    function _validate(PackedUserOperation memory op) private returns (uint256) {
        (bool success, bytes memory data) = _tryValidate(op);
        vm.assertTrue(success);
        return abi.decode(data, (uint256));
    }

    function _tryValidate(PackedUserOperation memory op) private returns (bool, bytes memory) {
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        vm.prank(address(ENTRY_POINT));
        return address(_account).call(abi.encodeCall(_account.validateUserOp, (op, hash, 0)));
    }
}
