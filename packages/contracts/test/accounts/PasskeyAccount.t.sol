// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Account } from "@openzeppelin/contracts/account/Account.sol";
import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { IERC1271 } from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { P256 } from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import { IAccountBase } from "../../src/accounts/IAccountBase.sol";
import { IAccountFactory } from "../../src/accounts/IAccountFactory.sol";
import { IPasskeyAccount, Listing, Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

contract PasskeyAccountTest is AccountFixture {
    bytes32 private constant HASH = keccak256("message");
    PasskeyAccount private _account;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
    }

    function test_operation_transfers() public {
        handle(sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 5e6)))));
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
    }

    function test_operation_batch_isAllOrNothing() public {
        Execution[] memory calls = new Execution[](2);
        calls[0] = transferCall(shop, 1e6);
        calls[1] = transferCall(shop, 1_000_000e6);
        handle(sponsoredByPasskey(address(_account), executeData(calls)));
        vm.assertEq(token.balanceOf(shop), 1);
        calls[1] = transferCall(agent, 2e6);
        handle(sponsoredByPasskey(address(_account), executeData(calls)));
        vm.assertEq(token.balanceOf(shop), 1e6 + 1);
        vm.assertEq(token.balanceOf(agent), 2e6);
    }

    /// The way out when the sponsor or the bundler is dead: the account pays, anybody hands the operation in.
    function test_operation_selfPaid() public {
        vm.deal(address(_account), 1 ether);
        PackedUserOperation memory op =
            operation(address(_account), 0, executeData(one(transferCall(shop, 5e6))));
        signByPasskey(op, PASSKEY, 0);
        handle(op);
        vm.assertEq(token.balanceOf(shop), 5e6 + 1);
        vm.assertLt(address(_account).balance, 1 ether);
    }

    function test_operation_replayed() public {
        PackedUserOperation memory op =
            sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 5e6))));
        handle(op);
        vm.expectRevert();
        handle(op);
    }

    function test_operation_ofAnotherAccount() public {
        PasskeyAccount other = openAccount(0xb0b);
        PackedUserOperation memory op = operation(address(other), 0, executeData(one(transferCall(shop, 1))));
        addSponsor(op);
        signByPasskey(op, PASSKEY, 0);
        vm.expectRevert(refusedSignature());
        handle(op);
    }

    // Signatures.

    function test_signature_holds() public view {
        _assertSigned(signPasskey(PASSKEY, 0, _signable()), true);
        _assertSigned(signPasskeyWith(PASSKEY, 0, _signable(), authenticatorData(0x1d), SUFFIX), true);
    }

    function test_signature_flags() public view {
        // No user verified; no user present; neither; backed up but not eligible for it.
        _assertSigned(signPasskeyWith(PASSKEY, 0, _signable(), authenticatorData(0x01), SUFFIX), false);
        _assertSigned(signPasskeyWith(PASSKEY, 0, _signable(), authenticatorData(0x04), SUFFIX), false);
        _assertSigned(signPasskeyWith(PASSKEY, 0, _signable(), authenticatorData(0x00), SUFFIX), false);
        _assertSigned(signPasskeyWith(PASSKEY, 0, _signable(), authenticatorData(0x15), SUFFIX), false);
    }

    function test_signature_otherHash() public view {
        _assertSigned(signPasskey(PASSKEY, 0, HASH), false);
        _assertSigned(signPasskey(PASSKEY, 0, keccak256(abi.encode(_signable()))), false);
    }

    function test_signature_otherKeyOrIndex() public view {
        _assertSigned(signPasskey(0xb0b, 0, _signable()), false);
        _assertSigned(signPasskey(PASSKEY, 1, _signable()), false);
        _assertSigned(signPasskey(PASSKEY, 64, _signable()), false);
        _assertSigned(signPasskey(PASSKEY, 255, _signable()), false);
    }

    function test_signature_malleable() public view {
        bytes memory signature = signPasskey(PASSKEY, 0, _signable());
        uint256 s;
        assembly ("memory-safe") {
            s := mload(add(signature, 65))
        }
        uint256 high = P256_ORDER - s;
        assembly ("memory-safe") {
            mstore(add(signature, 65), high)
        }
        _assertSigned(signature, false);
    }

    function testFuzz_signature_flippedByte(uint256 place, uint8 by) public view {
        bytes memory signature = signPasskey(PASSKEY, 0, _signable());
        place = bound(place, 0, signature.length - 1);
        signature[place] = bytes1(uint8(signature[place]) ^ (by == 0 ? 1 : by));
        _assertSigned(signature, false);
    }

    function testFuzz_signature_cutShort(uint256 length) public view {
        bytes memory signature = signPasskey(PASSKEY, 0, _signable());
        length = bound(length, 0, signature.length - 1);
        assembly ("memory-safe") {
            mstore(signature, length)
        }
        _assertSigned(signature, false);
    }

    function testFuzz_signature_garbage(bytes calldata garbage) public view {
        _assertSigned(garbage, false);
    }

    /// ERC-7739: what an account signs for one contract is nothing to another account of the same passkey.
    function test_erc1271_isBoundToTheAccount() public {
        PasskeyAccount twin = PasskeyAccount(
            payable(factory.createAccount(passkeyOf(PASSKEY), keccak256("twin"), noListing(), noCalls()))
        );
        bytes memory signature = signPasskey(PASSKEY, 0, _signable());
        vm.assertEq(
            bytes32(_account.isValidSignature(HASH, signature)), bytes32(IERC1271.isValidSignature.selector)
        );
        vm.assertEq(bytes32(twin.isValidSignature(HASH, signature)), bytes32(bytes4(0xffffffff)));
    }

    /// A raw signature of a hash is no ERC-1271 signature of it, nor is an operation's.
    function test_erc1271_rawRefused() public view {
        vm.assertEq(
            bytes32(_account.isValidSignature(HASH, signPasskey(PASSKEY, 0, HASH))),
            bytes32(bytes4(0xffffffff))
        );
    }

    function test_erc7739_isAnnounced() public view {
        vm.assertEq(
            bytes32(
                _account.isValidSignature(
                    0x7739773977397739773977397739773977397739773977397739773977397739, ""
                )
            ),
            bytes32(bytes4(0x77390001))
        );
    }

    /// An agent never speaks for the account: the validator signs nothing.
    function test_erc1271_ofValidatorRefused() public view {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AGENT, HASH);
        bytes memory signature = abi.encodePacked(address(validator), r, s, v);
        vm.assertEq(bytes32(_account.isValidSignature(HASH, signature)), bytes32(bytes4(0xffffffff)));
    }

    // Devices.

    function test_addPasskey() public {
        Passkey memory key = passkeyOf(0xb0b);
        Listing memory listing = listingOf(keccak256("u"), address(_account), key);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyAdded(1, key.x, key.y);
        vm.expectEmit(address(factory));
        emit IAccountFactory.PasskeyListed(listing.lookup, address(_account), key.x, key.y, listing.mac);
        vm.prank(address(_account));
        vm.assertEq(uint256(_account.addPasskey(key, listing)), 1);
        _assertSigned(signPasskey(0xb0b, 1, _signable()), true);
        _assertSigned(signPasskey(0xb0b, 0, _signable()), false);
        _assertSigned(signPasskey(PASSKEY, 0, _signable()), true);
        (uint8[] memory indices, Passkey[] memory keys) = _account.passkeys();
        vm.assertEq(indices.length, 2);
        vm.assertEq(uint256(indices[1]), 1);
        vm.assertEq(keys[0].x, passkeyOf(PASSKEY).x);
        vm.assertEq(keys[1].y, key.y);
    }

    function test_addPasskey_refusals() public {
        Passkey memory key = passkeyOf(PASSKEY);
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyKnown.selector, 0));
        _account.addPasskey(key, noListing());
        key.y = bytes32(uint256(key.y) ^ 1);
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyInvalid.selector, key.x, key.y));
        _account.addPasskey(key, noListing());
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.addPasskey(passkeyOf(0xb0b), noListing());
    }

    function test_addPasskey_full() public {
        for (uint256 i = 1; i < 64; ++i) {
            vm.prank(address(_account));
            vm.assertEq(uint256(_account.addPasskey(passkeyOf(1000 + i), noListing())), i);
        }
        _assertSigned(signPasskey(1063, 63, _signable()), true);
        Passkey memory key = passkeyOf(2000);
        vm.prank(address(_account));
        vm.expectRevert(IPasskeyAccount.AccountPasskeysFull.selector);
        _account.addPasskey(key, noListing());
        // A place that was freed is taken again, by the new key only.
        vm.prank(address(_account));
        _account.removePasskey(17);
        vm.prank(address(_account));
        vm.assertEq(uint256(_account.addPasskey(key, noListing())), 17);
        _assertSigned(signPasskey(1017, 17, _signable()), false);
        _assertSigned(signPasskey(2000, 17, _signable()), true);
    }

    /// The lost device is removed from the second one, in one operation; its signatures end with it.
    function test_removePasskey_lostDevice() public {
        vm.prank(address(_account));
        _account.addPasskey(passkeyOf(0xb0b), noListing());
        PackedUserOperation memory op = operation(
            address(_account),
            0,
            executeData(one(call(address(_account), abi.encodeCall(_account.removePasskey, (0)))))
        );
        addSponsor(op);
        signByPasskey(op, 0xb0b, 1);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyRemoved(0);
        handle(op);
        _assertSigned(signPasskey(PASSKEY, 0, _signable()), false);
        _assertSigned(signPasskey(0xb0b, 1, _signable()), true);
        PackedUserOperation memory stolen =
            sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1))));
        vm.expectRevert(refusedSignature());
        handle(stolen);
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyUnknown.selector, 0));
        _account.passkeyAt(0);
    }

    function test_removePasskey_refusals() public {
        vm.startPrank(address(_account));
        vm.expectRevert(IPasskeyAccount.AccountPasskeyLast.selector);
        _account.removePasskey(0);
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyUnknown.selector, 1));
        _account.removePasskey(1);
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyUnknown.selector, 200));
        _account.removePasskey(200);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.removePasskey(0);
    }

    function test_replacePasskeys() public {
        vm.startPrank(address(_account));
        _account.addPasskey(passkeyOf(0xb0b), noListing());
        Passkey memory key = passkeyOf(0xca201);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyRemoved(0);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyRemoved(1);
        vm.expectEmit(address(_account));
        emit IPasskeyAccount.PasskeyAdded(1, key.x, key.y);
        vm.assertEq(uint256(_account.replacePasskeys(key, noListing())), 1);
        vm.stopPrank();
        _assertSigned(signPasskey(PASSKEY, 0, _signable()), false);
        _assertSigned(signPasskey(0xb0b, 1, _signable()), false);
        _assertSigned(signPasskey(0xca201, 1, _signable()), true);
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.replacePasskeys(key, noListing());
    }

    function test_passkeyAt() public view {
        vm.assertEq(_account.passkeyAt(0).x, passkeyOf(PASSKEY).x);
        vm.assertEq(_account.passkeyAt(0).y, passkeyOf(PASSKEY).y);
    }

    // Who may do what.

    function test_execute_onlyItself() public {
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.execute(0, abi.encodePacked(shop, uint256(0), ""));
    }

    function test_birth_onlyFactory() public {
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IPasskeyAccount.AccountNotFactory.selector, address(_account)));
        _account.birth(abi.encode(noCalls()));
    }

    function test_execute_modes() public {
        bytes32 delegate = bytes32(bytes1(0xff));
        // ERC-7821 with data for the operation, and its batch of batches.
        bytes32 withData = 0x0100000000007821000100000000000000000000000000000000000000000000;
        bytes32 batches = 0x0100000000007821000200000000000000000000000000000000000000000000;
        bytes32[3] memory modes = [delegate, withData, batches];
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertFalse(_account.supportsExecutionMode(modes[i]));
            vm.prank(address(_account));
            vm.expectRevert(abi.encodeWithSelector(IAccountBase.AccountModeUnsupported.selector, modes[i]));
            _account.execute(modes[i], abi.encode(noCalls()));
        }
        vm.assertTrue(_account.supportsExecutionMode(0));
        vm.assertTrue(_account.supportsExecutionMode(bytes32(bytes1(0x01))));
        vm.assertTrue(_account.supportsExecutionMode(bytes32(bytes2(0x0101))));
        vm.assertTrue(_account.supportsExecutionMode(bytes32(bytes2(0x0001))));
        vm.assertFalse(_account.supportsExecutionMode(bytes32(bytes2(0x0201))));
    }

    /// The code that all accounts share is nobody's account.
    function test_implementation_isNobodys() public view {
        PasskeyAccount implementation = PasskeyAccount(payable(factory.implementation()));
        Passkey memory key = implementation.passkeyAt(0);
        vm.assertFalse(P256.isValidPublicKey(key.x, key.y));
        vm.assertEq(
            bytes32(implementation.isValidSignature(HASH, signPasskey(PASSKEY, 0, HASH))),
            bytes32(bytes4(0xffffffff))
        );
    }

    function test_sizes() public view {
        vm.assertLt(factory.implementation().code.length, 24_576);
        vm.assertLt(address(executor).code.length, 24_576);
        vm.assertLt(address(factory).code.length, 24_576);
    }

    /// What the passkey signs for an ERC-1271 signature of HASH as a personal message (ERC-7739).
    function _signable() private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Lichen Account"),
                keccak256("1"),
                block.chainid,
                address(_account)
            )
        );
        bytes32 message = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), HASH));
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }

    function _assertSigned(bytes memory signature, bool holds) private view {
        vm.assertTrue(
            (_account.isValidSignature(HASH, signature) == IERC1271.isValidSignature.selector) == holds
        );
    }
}
