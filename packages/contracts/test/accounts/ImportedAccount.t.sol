// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { ImportedAccount } from "../../src/accounts/ImportedAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// An EOA that takes on the code of an account (EIP-7702).
contract ImportedAccountTest is AccountFixture {
    uint256 private constant OWNER = 0x0711e2;
    address private _owner = vm.addr(OWNER);
    ImportedAccount private _code;

    function setUp() public {
        deployAll();
        // Not `new`: forge links tests by inheriting from what they deploy, which a storage layout of its own forbids.
        _code = ImportedAccount(
            payable(vm.deployCode("ImportedAccount.sol:ImportedAccount", abi.encode(accountParts())))
        );
        vm.prank(_owner);
        token.faucet(1_000e6);
        vm.signAndAttachDelegation(address(_code), OWNER);
        // The authorisation travels with this transaction, whoever sends it.
        token.balanceOf(_owner);
        vm.assertGt(_owner.code.length, 0);
    }

    function test_isAnAccount() public view {
        vm.assertEq(ImportedAccount(payable(_owner)).accountId(), "lichen.imported.1.0.0");
        vm.assertTrue(ImportedAccount(payable(_owner)).isOffLimits(_owner));
        vm.assertFalse(factory.isAccount(_owner));
    }

    /// Sponsored, in a batch: the transfer, the budget and the first mandate under one signature of the old key.
    function test_operation() public {
        Execution[] memory calls = new Execution[](3);
        calls[0] = transferCall(shop, 5e6);
        calls[1] =
            call(address(executor), abi.encodeCall(executor.setBudget, (address(token), 100e6, 1 days)));
        calls[2] = call(address(executor), abi.encodeCall(executor.grant, (someTerms(), "agent")));
        PackedUserOperation memory op = operation(_owner, 0, executeData(calls));
        addSponsor(op);
        signByAgent(op, OWNER);
        handle(op);
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
        vm.prank(agent);
        executor.act(_owner, someTerms(), one(transferCall(shop, 5e6)), INTENT);
        handle(sponsoredByAgent(_owner, AGENT, actAsData(someTerms(), one(transferCall(shop, 5e6)))));
        vm.assertEq(token.balanceOf(shop), 15e6 + 1);
        vm.assertEq(_owner.balance, 0);
    }

    function test_operation_ofAnotherKey() public {
        PackedUserOperation memory op = operation(_owner, 0, executeData(one(transferCall(shop, 1))));
        addSponsor(op);
        signByAgent(op, 0xbad);
        vm.expectRevert(refusedSignature());
        handle(op);
    }

    /// The code by itself is nobody's account.
    function test_implementation_isNobodys() public {
        PackedUserOperation memory op = operation(address(_code), 0, executeData(one(transferCall(shop, 0))));
        addSponsor(op);
        signByAgent(op, OWNER);
        vm.expectRevert(refusedSignature());
        handle(op);
    }
}
