// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Paymaster } from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import { IEntryPoint, PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { ISponsor } from "../../src/accounts/ISponsor.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

contract SponsorTest is AccountFixture {
    PasskeyAccount private _account;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        vm.deal(sponsorOwner, 10 ether);
    }

    function test_pays() public {
        uint256 before = ENTRY_POINT.balanceOf(address(sponsor));
        handle(sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1)))));
        vm.assertLt(ENTRY_POINT.balanceOf(address(sponsor)), before);
        vm.assertEq(address(_account).balance, 0);
    }

    function test_deposit_withdraw() public {
        vm.deal(address(this), 2 ether);
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorDeposited(address(this), 2 ether);
        sponsor.deposit{ value: 2 ether }();
        vm.assertEq(ENTRY_POINT.balanceOf(address(sponsor)), 12 ether);
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorWithdrawn(shop, 12 ether);
        vm.prank(sponsorOwner);
        sponsor.withdraw(payable(shop), 12 ether);
        vm.assertEq(shop.balance, 12 ether);
        // Without money it is the EntryPoint that refuses.
        PackedUserOperation memory op =
            sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1))));
        vm.expectRevert(
            abi.encodeWithSelector(IEntryPoint.FailedOp.selector, 0, "AA31 paymaster deposit too low")
        );
        handle(op);
    }

    function test_stake() public {
        vm.startPrank(sponsorOwner);
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorStaked(1 ether, 1 days);
        sponsor.stake{ value: 1 ether }(1 days);
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorStakeUnlocked();
        sponsor.unlockStake();
        warpBy(1 days + 1);
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorStakeWithdrawn(shop);
        sponsor.withdrawStake(payable(shop));
        vm.assertEq(shop.balance, 1 ether);
        vm.stopPrank();
    }

    function test_onlyOwner() public {
        bytes memory reason =
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));
        vm.expectRevert(reason);
        sponsor.withdraw(payable(shop), 1);
        vm.expectRevert(reason);
        sponsor.setSigner(shop);
        vm.expectRevert(reason);
        sponsor.stake(1);
        vm.expectRevert(reason);
        sponsor.unlockStake();
        vm.expectRevert(reason);
        sponsor.withdrawStake(payable(shop));
        PackedUserOperation memory op;
        vm.expectRevert(abi.encodeWithSelector(Paymaster.PaymasterUnauthorized.selector, address(this)));
        sponsor.validatePaymasterUserOp(op, 0, 0);
    }

    /// A change of the service's key ends what the former one signed.
    function test_setSigner() public {
        PackedUserOperation memory op =
            sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1))));
        vm.expectEmit(address(sponsor));
        emit ISponsor.SponsorSignerSet(shop);
        vm.prank(sponsorOwner);
        sponsor.setSigner(shop);
        _refuse(op, "AA34 signature error");
    }

    /// The signature is for this one operation, and for five minutes.
    function test_signature_isForOneOperation() public {
        PackedUserOperation memory op =
            operation(address(_account), 0, executeData(one(transferCall(shop, 1))));
        addSponsor(op);
        op.callData = executeData(one(transferCall(shop, 2)));
        signByPasskey(op, PASSKEY, 0);
        _refuse(op, "AA34 signature error");
    }

    function test_signature_expires() public {
        PackedUserOperation memory op =
            sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1))));
        warpBy(301);
        _refuse(op, "AA32 paymaster expired or not due");
    }

    function _refuse(PackedUserOperation memory op, string memory reason) private {
        vm.expectRevert(abi.encodeWithSelector(IEntryPoint.FailedOp.selector, 0, reason));
        handle(op);
    }
}
