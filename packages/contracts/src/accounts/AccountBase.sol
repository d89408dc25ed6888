// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Account } from "@openzeppelin/contracts/account/Account.sol";
import { AccountERC7579 } from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import { ERC4337Utils } from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import { ERC7579Utils, Mode } from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {
    Execution,
    IERC7579Module,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_FALLBACK,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { IEntryPoint } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { ERC1155Holder } from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import { ERC721Holder } from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { ERC7739 } from "@openzeppelin/contracts/utils/cryptography/signers/draft-ERC7739.sol";
import { LowLevelCall } from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import { IAccountBase } from "./IAccountBase.sol";
import { IMandateExecutor } from "./IMandateExecutor.sol";

/// @notice The modules that every account is born with, and the factory.
struct AccountParts {
    address factory;
    address mandateValidator;
    address mandateExecutor;
    address guardianRecovery;
}

/// @title What every account of Lichen is: an ERC-4337 account (EntryPoint 0.8) with ERC-7579 modules, ERC-7821 batches
/// and ERC-1271 signatures behind ERC-7739.
/// @dev The default modules are part of the code, so an account has them from birth and pays no storage. All that changes
/// often is in one slot. Storage starts at a place of its own (`layout at` in the last contract), since an imported
/// account may have had other code before.
abstract contract AccountBase is IAccountBase, AccountERC7579, ERC7739, ERC721Holder, ERC1155Holder {
    using ERC7579Utils for bytes;

    struct State {
        /// A bit for each passkey, bit 0 inverted: at birth, with no storage, the first passkey is in force.
        uint64 passkeys;
        /// A bit for each default module that the account has removed.
        uint8 removedModules;
        /// How many other modules are installed; nought spares every look into their sets.
        uint16 otherModules;
        /// Other modules count only in the generation in which they were installed: recovery begins a new one.
        uint32 generation;
    }

    bytes32 private constant BATCH = bytes32(bytes1(0x01));
    uint8 private constant VALIDATOR_BIT = 1;
    uint8 private constant EXECUTOR_BIT = 2;
    uint8 private constant RECOVERY_BIT = 4;

    address public immutable factory;
    address public immutable mandateValidator;
    address public immutable mandateExecutor;
    address public immutable guardianRecovery;

    State internal _state;
    /// keccak256(abi.encode(generation, module type, module, selector of a fallback or zero)).
    mapping(bytes32 key => bool) private _isInstalled;
    mapping(uint32 generation => mapping(address module => uint256)) private _installs;

    constructor(AccountParts memory parts) EIP712("Lichen Account", "1") {
        factory = parts.factory;
        mandateValidator = parts.mandateValidator;
        mandateExecutor = parts.mandateExecutor;
        guardianRecovery = parts.guardianRecovery;
    }

    /// @inheritdoc Account
    function entryPoint() public pure override returns (IEntryPoint) {
        return ERC4337Utils.ENTRYPOINT_V08;
    }

    /// @inheritdoc IAccountBase
    function isOffLimits(address target) public view returns (bool) {
        if (_governs(target)) return true;
        return _state.otherModules != 0 && _installs[_state.generation][target] != 0;
    }

    /// @dev Calls and batches of calls, which fail together or one by one; no delegatecall: code of others never runs as
    /// the account. No ERC-7821 `opData`.
    function supportsExecutionMode(bytes32 encodedMode) public pure override returns (bool) {
        // call type(1) ‖ execution type(1) ‖ unused(4) ‖ selector(4) ‖ payload(22): the types nought or one, no selector.
        return (uint256(encodedMode) >> 176) & ~uint256(0x0101_ffff_ffff_0000_0000) == 0;
    }

    /// @inheritdoc AccountERC7579
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata additionalContext)
        public
        view
        override
        returns (bool)
    {
        uint8 bit = _defaultBit(moduleTypeId, module);
        if (bit != 0) return _state.removedModules & bit == 0;
        if (_state.otherModules == 0) return false;
        bytes4 selector;
        if (moduleTypeId == MODULE_TYPE_FALLBACK) {
            if (additionalContext.length < 4) return false;
            selector = bytes4(additionalContext);
        }
        return _isInstalled[_keyOf(moduleTypeId, module, selector)];
    }

    /// @inheritdoc AccountERC7579
    function executeFromExecutor(bytes32 mode, bytes calldata executionCalldata)
        public
        payable
        override
        returns (bytes[] memory returnData)
    {
        if (msg.sender != mandateExecutor) return super.executeFromExecutor(mode, executionCalldata);
        _callForAgent(mode, executionCalldata);
    }

    /// @inheritdoc AccountERC7579
    function isValidSignature(bytes32 hash, bytes calldata signature)
        public
        view
        override(AccountERC7579, ERC7739)
        returns (bytes4)
    {
        bytes4 magic = ERC7739.isValidSignature(hash, signature);
        return magic == bytes4(0xffffffff) ? AccountERC7579.isValidSignature(hash, signature) : magic;
    }

    function _execute(Mode mode, bytes calldata executionCalldata)
        internal
        override
        returns (bytes[] memory)
    {
        if (!supportsExecutionMode(Mode.unwrap(mode))) {
            revert AccountModeUnsupported(Mode.unwrap(mode));
        }
        return super._execute(mode, executionCalldata);
    }

    function _installModule(uint256 moduleTypeId, address module, bytes memory initData) internal override {
        uint8 bit = _defaultBit(moduleTypeId, module);
        if (bit != 0) {
            if (_state.removedModules & bit == 0) {
                revert ERC7579Utils.ERC7579AlreadyInstalledModule(moduleTypeId, module);
            }
            _state.removedModules &= ~bit;
            emit ModuleInstalled(moduleTypeId, module);
            IERC7579Module(module).onInstall(initData);
            return;
        }
        // Before the module's own code runs in `onInstall`.
        _isInstalled[_keyOf(moduleTypeId, module, _fallbackSelector(moduleTypeId, initData))] = true;
        ++_installs[_state.generation][module];
        ++_state.otherModules;
        // An agent may have been granted calls to what is a module from here on.
        IMandateExecutor(mandateExecutor).revokeAll();
        super._installModule(moduleTypeId, module, initData);
    }

    function _uninstallModule(uint256 moduleTypeId, address module, bytes memory deInitData)
        internal
        override
    {
        uint8 bit = _defaultBit(moduleTypeId, module);
        if (bit != 0) {
            if (_state.removedModules & bit != 0) {
                revert ERC7579Utils.ERC7579UninstalledModule(moduleTypeId, module);
            }
            _state.removedModules |= bit;
            emit ModuleUninstalled(moduleTypeId, module);
            IERC7579Module(module).onUninstall(deInitData);
            return;
        }
        bytes32 key = _keyOf(moduleTypeId, module, _fallbackSelector(moduleTypeId, deInitData));
        // A module of an earlier generation is not counted any more, only cleared out of OpenZeppelin's sets.
        if (_isInstalled[key]) {
            delete _isInstalled[key];
            --_installs[_state.generation][module];
            --_state.otherModules;
        }
        super._uninstallModule(moduleTypeId, module, deInitData);
    }

    /// @dev Drops every module that the account was not born with, and restores those that it was. They stay in
    /// OpenZeppelin's sets, without effect, until they are uninstalled.
    function _resetModules() internal {
        if (_state.removedModules & EXECUTOR_BIT != 0) IERC7579Module(mandateExecutor).onInstall("");
        _state.removedModules = 0;
        _state.otherModules = 0;
        ++_state.generation;
    }

    function _fallback() internal override returns (bytes memory) {
        if (!_isInstalled[_keyOf(MODULE_TYPE_FALLBACK, _fallbackHandler(msg.sig), msg.sig)]) {
            revert ERC7579MissingFallbackHandler(msg.sig);
        }
        return super._fallback();
    }

    /// @dev The mandate executor refuses for itself when it is uninstalled, which spares a read of storage here. Whatever
    /// it lets through, an agent never reaches what governs the account and never moves native money; modules that the
    /// account was not born with need no look, since installing one ends all mandates. Results are not wanted.
    function _callForAgent(bytes32 mode, bytes calldata executionCalldata) private {
        if (mode == 0) {
            _callAsAgent(address(bytes20(executionCalldata)), executionCalldata[52:]);
            return;
        }
        if (mode != BATCH) revert AccountModeUnsupported(mode);
        Execution[] calldata batch = executionCalldata.decodeBatch();
        for (uint256 i = 0; i < batch.length; ++i) {
            _callAsAgent(batch[i].target, batch[i].callData);
        }
    }

    function _callAsAgent(address target, bytes calldata data) private {
        if (_governs(target)) revert IMandateExecutor.MandateTargetForbidden(target);
        if (!LowLevelCall.callNoReturn(target, data)) LowLevelCall.bubbleRevert();
    }

    /// @dev OpenZeppelin's executions take address zero for the account itself.
    function _governs(address target) private view returns (bool) {
        return target == address(0) || target == address(this) || target == address(entryPoint())
            || target == factory || target == mandateValidator || target == mandateExecutor
            || target == guardianRecovery;
    }

    function _defaultBit(uint256 moduleTypeId, address module) private view returns (uint8) {
        if (moduleTypeId == MODULE_TYPE_EXECUTOR) {
            if (module == mandateExecutor) return EXECUTOR_BIT;
            if (module == guardianRecovery) return RECOVERY_BIT;
        } else if (moduleTypeId == MODULE_TYPE_VALIDATOR && module == mandateValidator) {
            return VALIDATOR_BIT;
        }
        return 0;
    }

    function _keyOf(uint256 moduleTypeId, address module, bytes4 selector) private view returns (bytes32) {
        return keccak256(abi.encode(_state.generation, moduleTypeId, module, selector));
    }

    function _fallbackSelector(uint256 moduleTypeId, bytes memory data) private pure returns (bytes4) {
        return moduleTypeId == MODULE_TYPE_FALLBACK ? bytes4(data) : bytes4(0);
    }
}
