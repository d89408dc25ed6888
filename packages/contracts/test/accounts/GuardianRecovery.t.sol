// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC7579Utils } from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import { MODULE_TYPE_EXECUTOR } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { IERC1271 } from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { IAccountFactory } from "../../src/accounts/IAccountFactory.sol";
import { IGuardianRecovery, Recovery } from "../../src/accounts/IGuardianRecovery.sol";
import { IMandateExecutor } from "../../src/accounts/IMandateExecutor.sol";
import { IPasskeyAccount, Listing, Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

contract GuardianRecoveryTest is AccountFixture {
    uint256 private constant NEW_PASSKEY = 0x4e3;
    uint32 private constant DELAY = 2 hours;
    address[] private _guardians = [address(0x6a1), address(0x6a2), address(0x6a3)];
    PasskeyAccount private _account;
    Passkey private _key;
    Listing private _listing;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        _key = passkeyOf(NEW_PASSKEY);
        _listing = listingOf(keccak256("new user handle"), address(_account), _key);
        _setGuardians(2);
    }

    function test_setGuardians() public {
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.GuardiansSet(address(_account), _guardians, 3, DELAY);
        _setGuardians(3);
        (address[] memory guardians, uint8 threshold, uint32 delay) = recovery.guardiansOf(address(_account));
        vm.assertEq(guardians.length, 3);
        vm.assertEq(guardians[2], _guardians[2]);
        vm.assertEq(uint256(threshold), 3);
        vm.assertEq(uint256(delay), DELAY);
        vm.assertEq(uint256(recovery.minDelay()), MIN_DELAY);
    }

    function test_setGuardians_refusals() public {
        _refuseGuardians(_guardians, 0, DELAY, "threshold");
        _refuseGuardians(_guardians, 4, DELAY, "threshold");
        _refuseGuardians(_guardians, 2, MIN_DELAY - 1, "delay");
        _refuseGuardians(new address[](0), 1, DELAY, "threshold");
        address[] memory guardians = new address[](17);
        _refuseGuardians(guardians, 2, DELAY, "more than 16");
        guardians = _guardians;
        guardians[1] = guardians[0];
        _refuseGuardians(guardians, 2, DELAY, "twice");
        guardians[1] = address(_account);
        _refuseGuardians(guardians, 2, DELAY, "guardian");
        guardians[1] = address(0);
        _refuseGuardians(guardians, 2, DELAY, "guardian");
    }

    function test_setGuardians_none() public {
        vm.prank(address(_account));
        recovery.setGuardians(new address[](0), 0, 0);
        vm.prank(_guardians[0]);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotGuardian.selector, _guardians[0]));
        recovery.propose(address(_account), _key, _listing);
    }

    /// The whole way: two of three, the delay, and the account is the new passkey's alone, with its mandates paused.
    function test_recovery() public {
        grantTo(_account, someTerms());
        bytes32 id = keccak256(abi.encode(address(_account), uint64(1), _key, _listing));
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoveryProposed(address(_account), id, _guardians[0], _key, _listing);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoverySupported(address(_account), id, _guardians[0]);
        vm.assertEq(_propose(0), id);
        vm.assertEq(uint256(recovery.recoveryOf(address(_account)).supporters), 1);
        vm.assertEq(uint256(recovery.recoveryOf(address(_account)).readyAt), 0);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoverySupported(address(_account), id, _guardians[2]);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoveryReady(address(_account), id, uint40(clock + DELAY));
        _support(2, id);
        Recovery memory under = recovery.recoveryOf(address(_account));
        vm.assertEq(under.id, id);
        vm.assertEq(uint256(under.supporters), 2);
        vm.assertEq(uint256(under.readyAt), clock + DELAY);
        vm.assertEq(uint256(under.lapsesAt), clock + DELAY + 7 days);
        warpBy(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryTooEarly.selector, clock + 1));
        recovery.execute(address(_account), _key, _listing);
        warpBy(1);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoveryExecuted(address(_account), id, _key);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyRemoved(0);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyAdded(1, _key.x, _key.y);
        vm.expectEmit(address(factory));
        emit IAccountFactory.PasskeyListed(_listing.lookup, address(_account), _key.x, _key.y, _listing.mac);
        vm.expectEmit(address(executor));
        emit IMandateExecutor.AccountPaused(address(_account), true);
        recovery.execute(address(_account), _key, _listing);
        _assertOwner(NEW_PASSKEY, 1, true);
        _assertOwner(PASSKEY, 0, false);
        vm.assertTrue(executor.isPaused(address(_account)));
        vm.assertFalse(executor.isActive(address(_account), someTerms()));
        vm.assertEq(recovery.recoveryOf(address(_account)).id, bytes32(0));
        // Once only.
        vm.expectRevert();
        recovery.execute(address(_account), _key, _listing);
    }

    /// A guardians' attack, seen in time: the owner refuses with one touch, and it does not come back by itself.
    function test_attack_cancelled() public {
        bytes32 id = _propose(0);
        _support(1, id);
        warpBy(DELAY - 10);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoveryCancelled(address(_account), id);
        handle(
            sponsoredByPasskey(
                address(_account),
                executeData(one(call(address(recovery), abi.encodeCall(recovery.cancel, ()))))
            )
        );
        warpBy(DELAY);
        vm.expectPartialRevert(IGuardianRecovery.RecoveryUnknown.selector);
        recovery.execute(address(_account), _key, _listing);
        vm.prank(_guardians[2]);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryUnknown.selector, id));
        recovery.support(address(_account), id);
        _assertOwner(PASSKEY, 0, true);
    }

    function test_cancel_nothing() public {
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryUnknown.selector, bytes32(0)));
        recovery.cancel();
    }

    /// Two proposals, both ready: cancelling ends both.
    function test_cancel_all() public {
        _setGuardians(1);
        _propose(0);
        Passkey memory other = passkeyOf(0xbad);
        vm.prank(_guardians[1]);
        recovery.propose(address(_account), other, noListing());
        vm.prank(address(_account));
        recovery.cancel();
        warpBy(DELAY);
        vm.expectPartialRevert(IGuardianRecovery.RecoveryUnknown.selector);
        recovery.execute(address(_account), _key, _listing);
        vm.expectPartialRevert(IGuardianRecovery.RecoveryUnknown.selector);
        recovery.execute(address(_account), other, noListing());
    }

    /// One hostile guardian proposes nonsense first, and again and again: the other two recover all the same.
    function test_hostileGuardian_cannotBlock() public {
        for (uint256 i = 1; i < 4; ++i) {
            Passkey memory nonsense = passkeyOf(0xbad + i);
            vm.prank(_guardians[0]);
            recovery.propose(address(_account), nonsense, noListing());
        }
        bytes32 id = _propose(1);
        _support(2, id);
        vm.assertEq(recovery.recoveryOf(address(_account)).id, id);
        // What is ready stays in sight.
        Passkey memory late = passkeyOf(0xbad);
        vm.prank(_guardians[0]);
        recovery.propose(address(_account), late, noListing());
        vm.assertEq(recovery.recoveryOf(address(_account)).id, id);
        warpBy(DELAY);
        recovery.execute(address(_account), _key, _listing);
        _assertOwner(NEW_PASSKEY, 1, true);
        // With it, all the others ended.
        vm.expectPartialRevert(IGuardianRecovery.RecoveryUnknown.selector);
        recovery.execute(address(_account), late, noListing());
    }

    function test_refusals() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotGuardian.selector, address(this)));
        recovery.propose(address(_account), _key, _listing);
        bytes32 id = _propose(0);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryNotGuardian.selector, address(this)));
        recovery.support(address(_account), id);
        vm.prank(_guardians[1]);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryUnderWay.selector, id));
        recovery.propose(address(_account), _key, _listing);
        vm.prank(_guardians[0]);
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianRecovery.RecoverySupportedAlready.selector, _guardians[0])
        );
        recovery.support(address(_account), id);
        vm.prank(_guardians[1]);
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianRecovery.RecoveryUnknown.selector, bytes32(uint256(1)))
        );
        recovery.support(address(_account), bytes32(uint256(1)));
        // One is not enough, however long it waits.
        warpBy(6 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryUnknown.selector, id));
        recovery.execute(address(_account), _key, _listing);
        Passkey memory invalid = Passkey(_key.x, bytes32(uint256(1)));
        vm.prank(_guardians[1]);
        vm.expectRevert(
            abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyInvalid.selector, invalid.x, invalid.y)
        );
        recovery.propose(address(_account), invalid, _listing);
    }

    /// A guardian of one account has no say in another's, though it names the proposal.
    function test_guardianOfAnotherAccount() public {
        bytes32 id = _propose(0);
        PasskeyAccount own = openAccount(0xbad);
        address[] memory guardians = new address[](1);
        guardians[0] = address(0x666);
        vm.prank(address(own));
        recovery.setGuardians(guardians, 1, MIN_DELAY);
        vm.startPrank(address(0x666));
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryUnknown.selector, id));
        recovery.support(address(own), id);
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianRecovery.RecoveryNotGuardian.selector, address(0x666))
        );
        recovery.support(address(_account), id);
        vm.stopPrank();
        vm.assertEq(uint256(recovery.proposalOf(address(_account), id).supporters), 1);
    }

    function test_lapse_gathering() public {
        bytes32 id = _propose(0);
        warpBy(7 days);
        vm.assertEq(recovery.recoveryOf(address(_account)).id, bytes32(0));
        vm.prank(_guardians[1]);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryLapsed.selector, clock));
        recovery.support(address(_account), id);
        // Proposed again it begins with nobody's former support.
        vm.assertEq(_propose(1), id);
        vm.assertEq(uint256(recovery.recoveryOf(address(_account)).supporters), 1);
        _support(0, id);
        vm.assertGt(uint256(recovery.recoveryOf(address(_account)).readyAt), clock);
    }

    function test_lapse_ready() public {
        _support(1, _propose(0));
        warpBy(DELAY + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryLapsed.selector, clock));
        recovery.execute(address(_account), _key, _listing);
        _assertOwner(PASSKEY, 0, true);
    }

    function test_setGuardians_endsRecovery() public {
        bytes32 id = _propose(0);
        _support(1, id);
        vm.expectEmit(address(recovery));
        emit IGuardianRecovery.RecoveryCancelled(address(_account), id);
        _setGuardians(2);
        warpBy(DELAY);
        vm.expectPartialRevert(IGuardianRecovery.RecoveryUnknown.selector);
        recovery.execute(address(_account), _key, _listing);
    }

    /// An account that has removed the module is not recovered.
    function test_moduleRemoved() public {
        _support(1, _propose(0));
        vm.prank(address(_account));
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(recovery), "");
        warpBy(DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC7579Utils.ERC7579UninstalledModule.selector, MODULE_TYPE_EXECUTOR, recovery
            )
        );
        recovery.execute(address(_account), _key, _listing);
    }

    function _setGuardians(uint8 threshold) private {
        vm.prank(address(_account));
        recovery.setGuardians(_guardians, threshold, DELAY);
    }

    function _refuseGuardians(address[] memory guardians, uint8 threshold, uint32 delay, string memory what)
        private
    {
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IGuardianRecovery.RecoveryGuardiansInvalid.selector, what));
        recovery.setGuardians(guardians, threshold, delay);
    }

    function _propose(uint256 guardian) private returns (bytes32) {
        vm.prank(_guardians[guardian]);
        return recovery.propose(address(_account), _key, _listing);
    }

    function _support(uint256 guardian, bytes32 id) private {
        vm.prank(_guardians[guardian]);
        recovery.support(address(_account), id);
    }

    /// Whether the passkey can sign an operation.
    function _assertOwner(uint256 privateKey, uint8 index, bool isOwner) private {
        PackedUserOperation memory op =
            operation(address(_account), 0, executeData(one(transferCall(shop, 1))));
        addSponsor(op);
        signByPasskey(op, privateKey, index);
        if (!isOwner) vm.expectRevert(refusedSignature());
        handle(op);
    }
}
