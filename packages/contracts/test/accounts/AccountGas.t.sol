// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PackedUserOperation } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { Terms } from "../../src/accounts/IMandateExecutor.sol";
import { Listing, Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// Gas of whole transactions: with `isolate` each call from the test is a transaction of its own, with its 21,000, its
/// calldata and cold storage. The bars are those of issue 3.
/// forge-config: default.isolate = true
contract AccountGasTest is AccountFixture {
    PasskeyAccount private _account;

    function setUp() public {
        deployAll();
        // As dear as addresses are: every byte of calldata but the amounts' is there.
        shop = address(uint160(uint256(keccak256("shop"))));
        vm.prank(shop);
        token.faucet(1);
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
        grantTo(_account, _terms());
        // The steady state: nonces and windows are in use.
        handle(sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 1e6)))));
        handle(sponsoredByAgent(address(_account), AGENT, actAsData(_terms(), one(transferCall(shop, 1e6)))));
    }

    function test_gas_act() public {
        Terms memory terms = _terms();
        vm.prank(agent);
        executor.act(address(_account), terms, one(transferCall(shop, 5e6)), INTENT);
        uint256 gas = vm.snapshotGasLastCall("accounts", "act, one transfer");
        vm.assertLe(gas, 72_000);
    }

    function test_gas_passkeyOperation() public {
        PackedUserOperation[] memory ops =
            bundleOf(sponsoredByPasskey(address(_account), executeData(one(transferCall(shop, 5e6)))));
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, payable(bundler));
        uint256 gas = vm.snapshotGasLastCall("accounts", "passkey operation, one transfer, sponsored");
        vm.assertLe(gas, 138_000);
    }

    function test_gas_agentOperation() public {
        PackedUserOperation[] memory ops = bundleOf(
            sponsoredByAgent(address(_account), AGENT, actAsData(_terms(), one(transferCall(shop, 5e6))))
        );
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, payable(bundler));
        vm.snapshotGasLastCall("accounts", "agent's operation, one transfer, sponsored");
    }

    function test_gas_grant() public {
        Terms memory terms = _terms();
        terms.salt = keccak256("another salt");
        PackedUserOperation[] memory ops = bundleOf(
            sponsoredByPasskey(
                address(_account),
                executeData(one(call(address(executor), abi.encodeCall(executor.grant, (terms, "Trader")))))
            )
        );
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, payable(bundler));
        uint256 gas = vm.snapshotGasLastCall("accounts", "grant by a passkey, sponsored");
        vm.assertLe(gas, 230_000);
    }

    function test_gas_createAndFirst() public {
        PackedUserOperation memory op = _firstOperation(noCalls());
        addSponsor(op);
        signByPasskey(op, 0xbeef, 0);
        PackedUserOperation[] memory ops = bundleOf(op);
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, payable(bundler));
        uint256 gas = vm.snapshotGasLastCall("accounts", "create and first operation, sponsored");
        vm.assertLe(gas, 240_000);
    }

    /// One touch in all: the birth calls grant the session that signs the first operation.
    function test_gas_oneTap() public {
        Terms memory terms = _terms();
        Execution[] memory birthCalls = new Execution[](2);
        birthCalls[0] =
            call(address(executor), abi.encodeCall(executor.setBudget, (address(token), 100e6, 1 days)));
        birthCalls[1] = call(address(executor), abi.encodeCall(executor.grant, (terms, "This device")));
        PackedUserOperation memory op = _firstOperation(birthCalls);
        op.callData = actAsData(terms, one(transferCall(shop, 1e6)));
        op.nonce = uint256(agentKey()) << 64;
        addSponsor(op);
        signByAgent(op, AGENT);
        PackedUserOperation[] memory ops = bundleOf(op);
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, payable(bundler));
        vm.snapshotGasLastCall("accounts", "one tap: create, grant and first operation, sponsored");
    }

    function _terms() private view returns (Terms memory terms) {
        terms = someTerms();
        terms.salt = keccak256("salt");
    }

    function _firstOperation(Execution[] memory birthCalls) private returns (PackedUserOperation memory op) {
        Passkey memory key = passkeyOf(0xbeef);
        address account = factory.accountOf(key, 0, birthCalls);
        // Not a prank as the account: it would use up the nonce of an address where a contract is to be made.
        vm.prank(address(_account));
        token.transfer(account, 100e6);
        Listing memory listing = listingOf(keccak256("user handle"), account, key);
        op = operation(account, 0, executeData(one(transferCall(shop, 1e6))));
        op.initCode = abi.encodePacked(
            address(factory), abi.encodeCall(factory.createAccount, (key, bytes32(0), listing, birthCalls))
        );
    }
}
