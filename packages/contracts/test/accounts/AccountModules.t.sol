// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccountERC7579 } from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import { ERC7579Utils } from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {
    IERC7579Execution,
    IERC7579Module,
    IERC7579ModuleConfig,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_FALLBACK,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { Account } from "@openzeppelin/contracts/account/Account.sol";
import { IMandateExecutor, Permission, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { PasskeyAccount } from "../../src/accounts/PasskeyAccount.sol";
import { AccountFixture } from "./AccountFixture.sol";

/// A module of somebody else's, of every type.
contract ForeignModule is IERC7579Module {
    function onInstall(bytes calldata) external { }
    function onUninstall(bytes calldata) external { }

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }

    function run(address account, address target, bytes calldata data) external {
        IERC7579Execution(account).executeFromExecutor(0, abi.encodePacked(target, uint256(0), data));
    }

    function ping() external pure returns (uint256) {
        return 42;
    }
}

contract AccountModulesTest is AccountFixture {
    PasskeyAccount private _account;
    ForeignModule private _module;

    function setUp() public {
        deployAll();
        _account = openAccount(PASSKEY);
        setBudget(_account, 1_000e6, 1 days);
        _module = new ForeignModule();
    }

    function test_defaults_areInstalledFromBirth() public view {
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_VALIDATOR, address(validator), ""));
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(executor), ""));
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(recovery), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(validator), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_VALIDATOR, address(executor), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_FALLBACK, address(executor), hex"12345678"));
        vm.assertTrue(executor.isModuleType(MODULE_TYPE_EXECUTOR));
        vm.assertTrue(validator.isModuleType(MODULE_TYPE_VALIDATOR));
        vm.assertTrue(recovery.isModuleType(MODULE_TYPE_EXECUTOR));
        vm.assertEq(_account.accountId(), "lichen.passkey.1.0.0");
    }

    function test_defaults_removedAndRestored() public {
        vm.startPrank(address(_account));
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC7579Utils.ERC7579AlreadyInstalledModule.selector, MODULE_TYPE_EXECUTOR, recovery
            )
        );
        _account.installModule(MODULE_TYPE_EXECUTOR, address(recovery), "");
        vm.expectEmit(address(_account));
        emit IERC7579ModuleConfig.ModuleUninstalled(MODULE_TYPE_EXECUTOR, address(recovery));
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(recovery), "");
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(recovery), ""));
        // Out of office, still out of reach of agents.
        vm.assertTrue(_account.isOffLimits(address(recovery)));
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC7579Utils.ERC7579UninstalledModule.selector, MODULE_TYPE_EXECUTOR, recovery
            )
        );
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(recovery), "");
        vm.expectEmit(address(_account));
        emit IERC7579ModuleConfig.ModuleInstalled(MODULE_TYPE_EXECUTOR, address(recovery));
        _account.installModule(MODULE_TYPE_EXECUTOR, address(recovery), "");
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(recovery), ""));
        vm.stopPrank();
    }

    function test_modules_onlyTheAccount() public {
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.installModule(MODULE_TYPE_EXECUTOR, address(_module), "");
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, address(this)));
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(executor), "");
    }

    /// An agent may have been granted calls to what is made a module later: installing one ends every mandate.
    function test_foreign_endsMandates() public {
        Terms memory terms = someTerms();
        terms.asset = address(0);
        terms.permissions[0] = Permission(address(_module), _module.run.selector, 255, false, 0, noPins());
        grantTo(_account, terms);
        vm.assertTrue(executor.isActive(address(_account), terms));
        vm.expectEmit(address(executor));
        emit IMandateExecutor.AllMandatesRevoked(address(_account), 1);
        _install(MODULE_TYPE_EXECUTOR, "");
        vm.assertFalse(executor.isActive(address(_account), terms));
        vm.assertTrue(_account.isOffLimits(address(_module)));
        vm.prank(address(_account));
        vm.expectRevert(
            abi.encodeWithSelector(IMandateExecutor.MandateTargetForbidden.selector, address(_module))
        );
        executor.grant(terms, "agent");
    }

    function test_foreign_executorActs() public {
        vm.expectRevert();
        _module.run(address(_account), address(token), abi.encodeCall(token.transfer, (shop, 1)));
        _install(MODULE_TYPE_EXECUTOR, "");
        _module.run(address(_account), address(token), abi.encodeCall(token.transfer, (shop, 1)));
        vm.assertEq(token.balanceOf(shop), 2);
        _uninstall(MODULE_TYPE_EXECUTOR, "");
        vm.expectRevert();
        _module.run(address(_account), address(token), abi.encodeCall(token.transfer, (shop, 1)));
        vm.assertFalse(_account.isOffLimits(address(_module)));
    }

    function test_foreign_fallback() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                AccountERC7579.ERC7579MissingFallbackHandler.selector, _module.ping.selector
            )
        );
        ForeignModule(address(_account)).ping();
        _install(MODULE_TYPE_FALLBACK, abi.encodePacked(_module.ping.selector));
        vm.assertEq(ForeignModule(address(_account)).ping(), 42);
        vm.assertTrue(
            _account.isModuleInstalled(
                MODULE_TYPE_FALLBACK, address(_module), abi.encodePacked(_module.ping.selector)
            )
        );
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_FALLBACK, address(_module), hex"123456"));
        vm.assertTrue(_account.isOffLimits(address(_module)));
    }

    /// A thief with a lost device installs modules and removes the guardians' one; recovery undoes both.
    function test_replacePasskeys_dropsForeignModules() public {
        bytes memory selector = abi.encodePacked(_module.ping.selector);
        _install(MODULE_TYPE_EXECUTOR, "");
        _install(MODULE_TYPE_VALIDATOR, "");
        _install(MODULE_TYPE_FALLBACK, selector);
        vm.startPrank(address(_account));
        _account.uninstallModule(MODULE_TYPE_VALIDATOR, address(validator), "");
        _account.uninstallModule(MODULE_TYPE_EXECUTOR, address(executor), "");
        _account.replacePasskeys(passkeyOf(0xca201), noListing());
        vm.stopPrank();
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(_module), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_VALIDATOR, address(_module), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_FALLBACK, address(_module), selector));
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_VALIDATOR, address(validator), ""));
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(executor), ""));
        vm.expectRevert();
        _module.run(address(_account), address(token), abi.encodeCall(token.transfer, (shop, 1)));
        vm.expectRevert();
        ForeignModule(address(_account)).ping();
        grantTo(_account, someTerms());
        vm.prank(agent);
        executor.act(address(_account), someTerms(), one(transferCall(shop, 1)), INTENT);
        // Cleared out and installed again, in one role only: the others do not come back with it.
        _uninstall(MODULE_TYPE_EXECUTOR, "");
        _install(MODULE_TYPE_EXECUTOR, "");
        vm.assertTrue(_account.isModuleInstalled(MODULE_TYPE_EXECUTOR, address(_module), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_VALIDATOR, address(_module), ""));
        vm.assertFalse(_account.isModuleInstalled(MODULE_TYPE_FALLBACK, address(_module), selector));
        _uninstall(MODULE_TYPE_FALLBACK, selector);
        _install(MODULE_TYPE_FALLBACK, selector);
        vm.assertEq(ForeignModule(address(_account)).ping(), 42);
    }

    function _install(uint256 moduleType, bytes memory data) private {
        vm.prank(address(_account));
        _account.installModule(moduleType, address(_module), data);
    }

    function _uninstall(uint256 moduleType, bytes memory data) private {
        vm.prank(address(_account));
        _account.uninstallModule(moduleType, address(_module), data);
    }
}
