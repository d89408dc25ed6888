// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC7579Utils } from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { IAccountFactory } from "../../src/accounts/IAccountFactory.sol";
import { IMandateExecutor, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { IPasskeyAccount, Listing, Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

contract AccountFactoryTest is AccountFixture {
    Passkey private _key;

    function setUp() public {
        deployAll();
        _key = passkeyOf(PASSKEY);
    }

    function test_createAccount() public {
        address account = factory.accountOf(_key, 0, noCalls());
        Listing memory listing = listingOf(keccak256("u"), account, _key);
        vm.expectEmit(address(factory));
        emit IAccountFactory.AccountCreated(account, _key.x, _key.y);
        vm.expectEmit(address(factory));
        emit IAccountFactory.PasskeyListed(listing.lookup, account, _key.x, _key.y, listing.mac);
        vm.assertEq(factory.createAccount(_key, 0, listing, noCalls()), account);
        vm.assertTrue(factory.isAccount(account));
        vm.assertEq(IPasskeyAccount(account).passkeyAt(0).x, _key.x);
    }

    /// Twice is once: the birth calls do not run again. The key is listed again, for whoever was first may have lied.
    function test_createAccount_twice() public {
        Execution[] memory birthCalls = _session();
        address account = factory.createAccount(_key, 0, noListing(), birthCalls);
        vm.prank(account);
        executor.setBudget(address(token), 1, 1 hours);
        Listing memory listing = listingOf(keccak256("u"), account, _key);
        vm.expectEmit(address(factory));
        emit IAccountFactory.PasskeyListed(listing.lookup, account, _key.x, _key.y, listing.mac);
        vm.assertEq(factory.createAccount(_key, 0, listing, birthCalls), account);
        (uint256 amount,,) = executor.budgetOf(account, address(token));
        vm.assertEq(amount, 1);
    }

    /// The address commits to the key, the salt and the birth calls.
    function test_accountOf_commits() public {
        Execution[] memory birthCalls = _session();
        address account = factory.accountOf(_key, 0, birthCalls);
        vm.assertTrue(account != factory.accountOf(passkeyOf(0xb0b), 0, birthCalls));
        vm.assertTrue(account != factory.accountOf(_key, bytes32(uint256(1)), birthCalls));
        vm.assertTrue(account != factory.accountOf(_key, 0, noCalls()));
        birthCalls[0].callData[40] ^= 0x01;
        vm.assertTrue(account != factory.accountOf(_key, 0, birthCalls));
        vm.assertTrue(account != factory.createAccount(_key, 0, noListing(), birthCalls));
        vm.assertFalse(factory.isAccount(account));
    }

    function testFuzz_accountOf_isWhereItIsCreated(uint256 privateKey, bytes32 salt, bytes calldata data)
        public
    {
        Passkey memory key = passkeyOf(bound(privateKey, 1, P256_ORDER - 1));
        Execution[] memory birthCalls = one(call(address(0xdead), data));
        vm.assertEq(
            factory.accountOf(key, salt, birthCalls),
            factory.createAccount(key, salt, noListing(), birthCalls)
        );
    }

    function test_createAccount_grantsAtBirth() public {
        address account = factory.createAccount(_key, 0, noListing(), _session());
        vm.assertTrue(executor.isActive(account, someTerms()));
        (uint256 amount, uint32 period, uint256 left) = executor.budgetOf(account, address(token));
        vm.assertEq(amount, 100e6);
        vm.assertEq(uint256(period), 1 days);
        vm.assertEq(left, 100e6);
    }

    /// A birth call that fails does not keep the account, and the money sent ahead, from coming to life.
    function test_createAccount_skipsFailingBirthCalls() public {
        Execution[] memory birthCalls = _session();
        birthCalls[0] = transferCall(shop, 1e6);
        address account = factory.accountOf(_key, 0, birthCalls);
        vm.expectEmit(true, false, false, false);
        emit ERC7579Utils.ERC7579TryExecuteFail(0, "");
        factory.createAccount(_key, 0, noListing(), birthCalls);
        vm.assertTrue(executor.isActive(account, someTerms()));
    }

    /// Whoever pays for the creation cannot starve the birth calls of gas and have the account nonetheless.
    function testFuzz_createAccount_starved(uint256 gas) public {
        Execution[] memory birthCalls = _session();
        gas = bound(gas, 60_000, 400_000);
        address account = factory.accountOf(_key, 0, birthCalls);
        try factory.createAccount{ gas: gas }(_key, 0, noListing(), birthCalls) {
            vm.assertTrue(executor.isActive(account, someTerms()));
            (uint256 amount,,) = executor.budgetOf(account, address(token));
            vm.assertEq(amount, 100e6);
        } catch {
            vm.assertEq(account.code.length, 0);
        }
    }

    function test_createAccount_invalidKey() public {
        _key.y = bytes32(uint256(_key.y) ^ 1);
        vm.expectRevert(
            abi.encodeWithSelector(IPasskeyAccount.AccountPasskeyInvalid.selector, _key.x, _key.y)
        );
        factory.createAccount(_key, 0, noListing(), noCalls());
    }

    function test_list() public {
        address account = factory.createAccount(_key, 0, noListing(), noCalls());
        Listing memory listing = listingOf(keccak256("u"), account, _key);
        vm.expectEmit(address(factory));
        emit IAccountFactory.PasskeyListed(listing.lookup, account, _key.x, _key.y, listing.mac);
        vm.prank(account);
        factory.list(_key, listing);
    }

    function test_isAccount_strangers() public {
        vm.assertFalse(factory.isAccount(address(0)));
        vm.assertFalse(factory.isAccount(address(this)));
        vm.assertFalse(factory.isAccount(factory.implementation()));
        // Another factory's account looks the same and is at another address.
        address account = factory.createAccount(_key, 0, noListing(), noCalls());
        vm.etch(address(0xface), account.code);
        vm.assertFalse(factory.isAccount(address(0xface)));
    }

    /// For ever: there is no function that unlocks the stake.
    function test_stake() public {
        vm.deal(address(this), 1 ether);
        factory.stake{ value: 0.5 ether }(1 days);
        (bool success, bytes memory info) = address(ENTRY_POINT)
            .staticcall(abi.encodeWithSignature("getDepositInfo(address)", address(factory)));
        vm.assertTrue(success);
        (, bool staked, uint112 stake,,) = abi.decode(info, (uint256, bool, uint112, uint32, uint48));
        vm.assertTrue(staked);
        vm.assertEq(uint256(stake), 0.5 ether);
    }

    function _session() private view returns (Execution[] memory birthCalls) {
        Terms memory terms = someTerms();
        birthCalls = new Execution[](2);
        birthCalls[0] =
            call(address(executor), abi.encodeCall(executor.setBudget, (address(token), 100e6, 1 days)));
        birthCalls[1] = call(address(executor), abi.encodeCall(executor.grant, (terms, "This device")));
    }
}
