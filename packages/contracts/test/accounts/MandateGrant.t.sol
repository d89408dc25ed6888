// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IMandateExecutor,
    Left,
    MandateId,
    Permission,
    Pin,
    Terms
} from "../../src/accounts/IMandateExecutor.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// What an account can grant, and how it takes it back.
contract MandateGrantTest is AccountFixture {
    PasskeyAccount private _account;
    address private _vault = address(0x7a);

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
    }

    function test_grant() public {
        Terms memory terms = someTerms();
        MandateId id = executor.idOf(address(_account), terms);
        vm.assertEq(MandateId.unwrap(id), keccak256(abi.encode(address(_account), uint64(0), terms)));
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandateGranted(address(_account), id, agent, 0, terms, "agent");
        vm.assertEq(MandateId.unwrap(grantTo(_account, terms)), MandateId.unwrap(id));
        vm.assertTrue(executor.isActive(address(_account), terms));
        Left memory left = executor.left(address(_account), terms);
        vm.assertTrue(left.usable);
        vm.assertEq(left.ofPeriod, 100e6);
        vm.assertEq(left.ofBudget, 1_000e6);
        vm.assertEq(left.calls, 10);
    }

    function test_grant_known() public {
        Terms memory terms = someTerms();
        MandateId id = grantTo(_account, terms);
        _refuseGrant(terms, abi.encodeWithSelector(IMandateExecutor.MandateKnown.selector, id));
        // Nor does a revoked one come back.
        vm.prank(address(_account));
        executor.revoke(id);
        _refuseGrant(terms, abi.encodeWithSelector(IMandateExecutor.MandateKnown.selector, id));
    }

    function test_grant_termsInvalid() public {
        Terms memory terms = someTerms();
        terms.agent = address(0);
        _refuseTerms(terms, "agent");
        terms.agent = address(_account);
        _refuseTerms(terms, "agent");
        terms = someTerms();
        terms.validUntil = terms.validFrom;
        _refuseTerms(terms, "validUntil");
        terms = someTerms();
        terms.period = 0;
        _refuseTerms(terms, "period");
        terms = someTerms();
        terms.maxCalls = 0;
        _refuseTerms(terms, "maxCalls");
        terms = someTerms();
        terms.permissions = new Permission[](0);
        _refuseTerms(terms, "permissions");
        terms.permissions = new Permission[](33);
        _refuseTerms(terms, "permissions");
        terms = someTerms();
        terms.permissions[0].pins = new Pin[](9);
        _refuseTerms(terms, "pins");
        terms = someTerms();
        terms.asset = address(0);
        _refuseTerms(terms, "asset");
        terms = someTerms();
        terms.permissions[0].pulls = true;
        _refuseTerms(terms, "pulls");
        terms = someTerms();
        terms.permissions[0].target = _vault;
        terms.permissions[0].amountArg = 255;
        _refuseTerms(terms, "amountArg");
        terms.permissions[0].maxAmount = 0;
        terms.permissions[0].pulls = true;
        _refuseTerms(terms, "amountArg");
    }

    function test_grant_label() public {
        vm.prank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateTermsInvalid.selector, "label"));
        executor.grant(someTerms(), "12345678901234567890123456789012345678901234567890123456789012345");
    }

    /// Itself, EntryPoint, factory, modules; and zero, which OpenZeppelin's executions take for the account itself.
    function test_grant_targetForbidden() public {
        address[8] memory targets = [
            address(0),
            address(_account),
            address(ENTRY_POINT),
            address(factory),
            address(executor),
            address(validator),
            address(recovery),
            address(executor)
        ];
        for (uint256 i = 0; i < 8; ++i) {
            Terms memory terms = someTerms();
            terms.permissions[0] = Permission(targets[i], 0x12345678, 0, false, 1, noPins());
            _refuseGrant(
                terms, abi.encodeWithSelector(IMandateExecutor.MandateTargetForbidden.selector, targets[i])
            );
            if (targets[i] == address(0)) continue;
            terms = someTerms();
            terms.asset = targets[i];
            terms.permissions[0] = Permission(_vault, 0x12345678, 0, false, 1, noPins());
            _refuseGrant(
                terms, abi.encodeWithSelector(IMandateExecutor.MandateTargetForbidden.selector, targets[i])
            );
        }
    }

    /// Functions that move tokens, or let others move them: (selector, amount's argument, argument to pin).
    function test_grant_movers() public {
        bytes4[12] memory selectors = [
            bytes4(keccak256("transfer(address,uint256)")),
            bytes4(keccak256("transferAndCall(address,uint256)")),
            bytes4(keccak256("transferAndCall(address,uint256,bytes)")),
            bytes4(keccak256("send(address,uint256,bytes)")),
            bytes4(keccak256("approve(address,uint256)")),
            bytes4(keccak256("increaseAllowance(address,uint256)")),
            bytes4(keccak256("increaseApproval(address,uint256)")),
            bytes4(keccak256("approveAndCall(address,uint256)")),
            bytes4(keccak256("approveAndCall(address,uint256,bytes)")),
            bytes4(keccak256("transferFrom(address,address,uint256)")),
            bytes4(keccak256("transferFromAndCall(address,address,uint256)")),
            bytes4(keccak256("transferFromAndCall(address,address,uint256,bytes)"))
        ];
        for (uint256 i = 0; i < 12; ++i) {
            uint8 amountArg = i < 9 ? 1 : 2;
            // 255: nothing to pin.
            uint8 pin = i < 4 ? 255 : i < 9 ? 0 : 1;
            _refuseMover(address(token), selectors[i], 255, pin);
            _refuseMover(address(token), selectors[i], amountArg - 1, pin);
            _refuseMover(_vault, selectors[i], amountArg, pin);
            if (pin != 255) {
                _refuseMover(address(token), selectors[i], amountArg, 255);
                _refuseMover(address(token), selectors[i], amountArg, 1 - pin);
            }
            grantTo(_account, _moverTerms(address(token), selectors[i], amountArg, pin));
        }
    }

    /// Functions without an amount that bounds them are not granted, of whatever contract.
    function test_grant_neverGranted() public {
        bytes4[17] memory selectors = [
            bytes4(keccak256("setApprovalForAll(address,bool)")),
            bytes4(keccak256("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)")),
            bytes4(keccak256("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)")),
            bytes4(keccak256("permit(address,address,uint256,uint256,bytes)")),
            bytes4(keccak256("approve(address,address,uint160,uint48)")),
            bytes4(keccak256("permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)")),
            bytes4(keccak256("permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)")),
            bytes4(keccak256("authorizeOperator(address)")),
            bytes4(keccak256("safeTransferFrom(address,address,uint256)")),
            bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)")),
            bytes4(keccak256("safeTransferFrom(address,address,uint256,uint256,bytes)")),
            bytes4(keccak256("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)")),
            bytes4(keccak256("transferFrom(address,address,uint160,address)")),
            bytes4(keccak256("transfer(address,uint256,uint256)")),
            bytes4(keccak256("approve(address,uint256,uint256)")),
            bytes4(keccak256("transferFrom(address,address,uint256,uint256)")),
            bytes4(keccak256("setOperator(address,bool)"))
        ];
        for (uint256 i = 0; i < 17; ++i) {
            _refuseMover(address(token), selectors[i], 2, 0);
            _refuseMover(address(token), selectors[i], 1, 0);
            _refuseMover(_vault, selectors[i], 255, 0);
        }
    }

    /// Of the asset itself no function goes uncounted, not even one that nobody has heard of.
    function test_grant_assetUncounted() public {
        _refuseMover(address(token), 0x12345678, 255, 255);
        grantTo(_account, _moverTerms(address(token), 0x12345678, 0, 255));
        grantTo(_account, _moverTerms(_vault, 0x12345678, 255, 255));
    }

    /// Who is no account cannot grant: there is nothing to ask what is off limits.
    function test_grant_byNoAccount() public {
        vm.prank(address(0xe0a));
        vm.expectRevert();
        executor.grant(someTerms(), "agent");
    }

    // Budget.

    function test_setBudget() public {
        vm.expectEmit(address(executor));
        emit IMandateExecutor.BudgetSet(address(_account), address(token), 77e6, 2 days);
        setBudget(_account, 77e6, 2 days);
        (uint256 amount, uint32 period, uint256 left) = executor.budgetOf(address(_account), address(token));
        vm.assertEq(amount, 77e6);
        vm.assertEq(uint256(period), 2 days);
        vm.assertEq(left, 77e6);
    }

    function test_setBudget_refusals() public {
        vm.startPrank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.BudgetInvalid.selector, 5, 0));
        executor.setBudget(address(token), 5, 0);
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.BudgetInvalid.selector, 5, 60));
        executor.setBudget(address(0), 5, 60);
        vm.stopPrank();
    }

    /// A budget set anew remembers what was spent: changing it back and forth gives no room twice.
    function test_setBudget_remembers() public {
        setBudget(_account, 60e6, 1 days);
        grantTo(_account, someTerms());
        vm.prank(agent);
        executor.act(address(_account), someTerms(), one(transferCall(shop, 40e6)), INTENT);
        setBudget(_account, 60e6, 2 days);
        (,, uint256 left) = executor.budgetOf(address(_account), address(token));
        vm.assertEq(left, 20e6);
        setBudget(_account, 10e6, 1 hours);
        (,, left) = executor.budgetOf(address(_account), address(token));
        vm.assertEq(left, 0);
        setBudget(_account, 100e6, 1 days);
        (,, left) = executor.budgetOf(address(_account), address(token));
        vm.assertEq(left, 60e6);
    }

    // Taking back.

    function test_revoke() public {
        MandateId id = grantTo(_account, someTerms());
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandateRevoked(address(_account), id);
        vm.prank(address(_account));
        executor.revoke(id);
        vm.assertFalse(executor.isActive(address(_account), someTerms()));
        vm.assertFalse(executor.left(address(_account), someTerms()).usable);
        vm.startPrank(address(_account));
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateRevokedAlready.selector, id));
        executor.revoke(id);
        vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateRevokedAlready.selector, id));
        executor.pauseMandate(id, false);
        vm.stopPrank();
    }

    /// Only the account's own: another account knows nothing of the id, nor does the agent.
    function test_revoke_byOthers() public {
        MandateId id = grantTo(_account, someTerms());
        address[2] memory others = [agent, address(openAccount(0xb0b))];
        for (uint256 i = 0; i < 2; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateUnknown.selector, id));
            executor.revoke(id);
            vm.expectRevert(abi.encodeWithSelector(IMandateExecutor.MandateUnknown.selector, id));
            executor.pauseMandate(id, true);
            executor.revokeAll();
            executor.pauseAccount(true);
            vm.stopPrank();
        }
        vm.assertTrue(executor.isActive(address(_account), someTerms()));
    }

    function test_revokeAll() public {
        Terms memory second = someTerms();
        second.salt = bytes32(uint256(2));
        MandateId first = grantTo(_account, someTerms());
        grantTo(_account, second);
        vm.expectEmit(address(executor));
        emit IMandateExecutor.AllMandatesRevoked(address(_account), 1);
        vm.prank(address(_account));
        executor.revokeAll();
        vm.assertEq(uint256(executor.epochOf(address(_account))), 1);
        vm.assertFalse(executor.isActive(address(_account), someTerms()));
        vm.assertFalse(executor.isActive(address(_account), second));
        // The same terms granted again are another mandate.
        MandateId again = grantTo(_account, someTerms());
        vm.assertTrue(MandateId.unwrap(again) != MandateId.unwrap(first));
        vm.assertTrue(executor.isActive(address(_account), someTerms()));
        vm.assertFalse(executor.isActive(address(_account), second));
    }

    function test_pauseMandate() public {
        MandateId id = grantTo(_account, someTerms());
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandatePaused(address(_account), id, true);
        vm.prank(address(_account));
        executor.pauseMandate(id, true);
        vm.assertFalse(executor.isActive(address(_account), someTerms()));
        vm.expectEmit(address(executor));
        emit IMandateExecutor.MandatePaused(address(_account), id, false);
        vm.prank(address(_account));
        executor.pauseMandate(id, false);
        vm.assertTrue(executor.isActive(address(_account), someTerms()));
    }

    function test_pauseAccount() public {
        grantTo(_account, someTerms());
        vm.expectEmit(address(executor));
        emit IMandateExecutor.AccountPaused(address(_account), true);
        vm.prank(address(_account));
        executor.pauseAccount(true);
        vm.assertTrue(executor.isPaused(address(_account)));
        vm.assertFalse(executor.isActive(address(_account), someTerms()));
        vm.assertFalse(executor.left(address(_account), someTerms()).usable);
        vm.prank(address(_account));
        executor.pauseAccount(false);
        vm.assertTrue(executor.isActive(address(_account), someTerms()));
    }

    function _moverTerms(address target, bytes4 selector, uint8 amountArg, uint8 pin)
        private
        view
        returns (Terms memory terms)
    {
        terms = someTerms();
        uint128 maxAmount = amountArg == 255 ? 0 : 5e6;
        terms.permissions[0] = Permission(target, selector, amountArg, false, maxAmount, noPins());
        if (pin == 255) return terms;
        terms.permissions[0].pins = new Pin[](1);
        terms.permissions[0].pins[0] = Pin(pin, bytes32(uint256(uint160(shop))));
    }

    function _refuseMover(address target, bytes4 selector, uint8 amountArg, uint8 pin) private {
        _refuseGrant(
            _moverTerms(target, selector, amountArg, pin),
            abi.encodeWithSelector(IMandateExecutor.MandateApprovalUnbounded.selector, target, selector)
        );
    }

    function _refuseTerms(Terms memory terms, string memory what) private {
        _refuseGrant(terms, abi.encodeWithSelector(IMandateExecutor.MandateTermsInvalid.selector, what));
    }

    function _refuseGrant(Terms memory terms, bytes memory reason) private {
        vm.prank(address(_account));
        vm.expectRevert(reason);
        executor.grant(terms, "agent");
    }
}
