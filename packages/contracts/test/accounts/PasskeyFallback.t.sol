// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// A chain without the P-256 precompile: the address answers every call with nothing, as an empty account does.
contract PasskeyFallbackTest is AccountFixture {
    PasskeyAccount private _account;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        vm.mockCall(address(0x100), "", "");
    }

    function test_precompileIsAbsent() public view {
        (bool success, bytes memory answer) = address(0x100).staticcall(hex"00");
        vm.assertTrue(success);
        vm.assertEq(answer, "");
    }

    function test_operation_transfers() public {
        handle(sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 5e6)))));
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
    }

    function test_operation_refused() public {
        PackedUserOperation memory op =
            operation(address(_account), 0, executeData(one(transferCall(shop, 5e6))));
        addSponsor(op);
        signByPasskey(op, 0xb0b, 0);
        vm.expectRevert(refusedSignature());
        handle(op);
    }
}
