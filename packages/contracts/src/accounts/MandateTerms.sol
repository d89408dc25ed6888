// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IMandateExecutor, Permission, Terms } from "./IMandateExecutor.sol";

/// @title Which terms an account may grant at all: what `grant` checks once, so that a use need not.
library MandateTerms {
    uint256 private constant MOST_PERMISSIONS = 32;
    uint256 private constant MOST_PINS = 8;
    /// Argument index that says: the call moves none of the asset.
    uint256 internal constant NO_AMOUNT = 255;

    /// @notice Reverts with what is wrong with the terms. Looks at no clock: an account grants its first mandate while it is
    /// created, where ERC-7562 forbids one, and terms that have lapsed are harmless.
    function check(Terms calldata terms, address account) internal pure {
        if (terms.agent == address(0) || terms.agent == account) {
            revert IMandateExecutor.MandateTermsInvalid("agent");
        }
        if (terms.validUntil <= terms.validFrom) revert IMandateExecutor.MandateTermsInvalid("validUntil");
        if (terms.period == 0) revert IMandateExecutor.MandateTermsInvalid("period");
        if (terms.maxCalls == 0) revert IMandateExecutor.MandateTermsInvalid("maxCalls");
        uint256 count = terms.permissions.length;
        if (count == 0 || count > MOST_PERMISSIONS) {
            revert IMandateExecutor.MandateTermsInvalid("permissions");
        }
        for (uint256 i = 0; i < count; ++i) {
            _checkPermission(terms.asset, terms.permissions[i]);
        }
    }

    function _checkPermission(address asset, Permission calldata permission) private pure {
        if (permission.pins.length > MOST_PINS) revert IMandateExecutor.MandateTermsInvalid("pins");
        if (permission.amountArg == NO_AMOUNT) {
            if (permission.maxAmount != 0 || permission.pulls) {
                revert IMandateExecutor.MandateTermsInvalid("amountArg");
            }
            // Whatever a token's function does, it does to the asset.
            if (permission.target == asset) {
                revert IMandateExecutor.MandateApprovalUnbounded(permission.target, permission.selector);
            }
        } else if (asset == address(0)) {
            revert IMandateExecutor.MandateTermsInvalid("asset");
        } else if (permission.pulls && permission.target == asset) {
            revert IMandateExecutor.MandateTermsInvalid("pulls");
        }
        _refuseUnbounded(asset, permission);
    }

    /// @dev A function that moves a token, or lets others move it, must be the asset's (the amounts of another token would
    /// be counted in the wrong unit), have its amount counted, and where it names a spender have it pinned. Those without
    /// an amount are never granted.
    function _refuseUnbounded(address asset, Permission calldata permission) private pure {
        (bool isMover, uint256 amountArg, uint256 spenderArg) = _moverOf(permission.selector);
        if (!isMover) return;
        if (
            amountArg != NO_AMOUNT && permission.target == asset && permission.amountArg == amountArg
                && (spenderArg == NO_AMOUNT || _isPinned(permission, spenderArg))
        ) return;
        revert IMandateExecutor.MandateApprovalUnbounded(permission.target, permission.selector);
    }

    /// @dev Of a function that moves tokens or rights to tokens: the argument that is its amount (255: it has none that
    /// bounds it) and the one that must be pinned (255: none).
    function _moverOf(bytes4 selector) private pure returns (bool, uint256 amountArg, uint256 spenderArg) {
        // transfer(address,uint256), transferAndCall(address,uint256[,bytes]), send(address,uint256,bytes)
        if (
            selector == 0xa9059cbb || selector == 0x1296ee62 || selector == 0x4000aea0
                || selector == 0x9bd9bbc6
        ) return (true, 1, NO_AMOUNT);
        // approve(address,uint256), increaseAllowance, increaseApproval, approveAndCall(address,uint256[,bytes])
        if (
            selector == 0x095ea7b3 || selector == 0x39509351 || selector == 0xd73dd623
                || selector == 0x3177029f || selector == 0xcae9ca51
        ) return (true, 1, 0);
        // transferFrom(address,address,uint256), transferFromAndCall(address,address,uint256[,bytes])
        if (selector == 0x23b872dd || selector == 0xd8fbe994 || selector == 0xc1d34b89) return (true, 2, 1);
        // setApprovalForAll; permit of EIP-2612, of DAI and with bytes; Permit2's approve, permit (one, many) and
        // transferFrom; authorizeOperator; safeTransferFrom of ERC-721 (2) and ERC-1155 (one, many); ERC-6909's
        // transfer, approve, transferFrom and setOperator
        if (
            selector == 0xa22cb465 || selector == 0xd505accf || selector == 0x8fcbaf0c
                || selector == 0x9fd5a6cf || selector == 0x87517c45 || selector == 0x2b67b570
                || selector == 0x2a2d80d1 || selector == 0x959b8c3f || selector == 0x42842e0e
                || selector == 0xb88d4fde || selector == 0xf242432a || selector == 0x2eb2c2d6
                || selector == 0x36c78516 || selector == 0x095bcdb6 || selector == 0x426a8493
                || selector == 0xfe99049a || selector == 0x558a7297
        ) return (true, NO_AMOUNT, NO_AMOUNT);
        return (false, 0, 0);
    }

    function _isPinned(Permission calldata permission, uint256 index) private pure returns (bool) {
        for (uint256 i = 0; i < permission.pins.length; ++i) {
            if (permission.pins[i].index == index) return true;
        }
        return false;
    }
}
