// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC4337Utils, PackedUserOperation } from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {
    Execution,
    IERC7579Execution,
    IERC7579Module,
    IERC7579Validator,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IMandateExecutor, Terms } from "./IMandateExecutor.sol";
import { IMandateValidator } from "./IMandateValidator.sol";

/// @title Lets an agent sign sponsored operations that do one thing: use its mandate.
/// @dev Looks at who signed, and at the form; the limits are the executor's, in the execution phase, where a failing
/// operation takes nothing from them. Reads only storage associated with the account, and no clock (ERC-7562).
contract MandateValidator is IMandateValidator, IERC7579Validator {
    IMandateExecutor public immutable mandateExecutor;

    constructor(IMandateExecutor mandateExecutor_) {
        mandateExecutor = mandateExecutor_;
    }

    /// @inheritdoc IERC7579Validator
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        view
        returns (uint256)
    {
        if (userOp.sender != msg.sender) revert MandateNotSender(msg.sender, userOp.sender);
        // Without a sponsor the account itself would pay, whatever the agent has it pay.
        if (ERC4337Utils.paymaster(userOp) == address(0)) revert MandateNotSponsored();
        Terms memory terms = _termsOf(userOp.callData);
        mandateExecutor.requireActive(msg.sender, terms);
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(userOpHash, userOp.signature);
        return ERC4337Utils.packValidationData(
            problem == ECDSA.RecoverError.NoError && signer == terms.agent,
            // The EntryPoint wants the time after `validAfter` and up to `validUntil`.
            terms.validFrom == 0 ? 0 : terms.validFrom - 1,
            terms.validUntil - 1
        );
    }

    /// @inheritdoc IERC7579Validator
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure returns (bytes4) {
        // An agent acts for an account, it never speaks for it: no ERC-1271 signature.
        return 0xffffffff;
    }

    /// @inheritdoc IERC7579Module
    function onInstall(bytes calldata) external { }

    /// @inheritdoc IERC7579Module
    function onUninstall(bytes calldata) external { }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR;
    }

    /// @dev The operation must be `execute(single, executor ‖ 0 ‖ actAs(terms, calls, intent))`, byte for byte as the
    /// standard encoder writes it: encoded again and compared, so that nothing can be read here in one way and there in
    /// another.
    function _termsOf(bytes calldata callData) private view returns (Terms memory terms) {
        if (callData.length < 4 + 3 * 32 + 52 + 4) revert MandateOperationDenied();
        if (bytes4(callData) != IERC7579Execution.execute.selector) revert MandateOperationDenied();
        // mode, offset and length of the bytes, then target(20) ‖ value(32) ‖ selector(4).
        bytes calldata inner = callData[4 + 3 * 32 + 52 + 4:];
        Execution[] memory calls;
        bytes32 intent;
        (terms, calls, intent) = abi.decode(inner, (Terms, Execution[], bytes32));
        bytes memory wanted = abi.encodeCall(
            IERC7579Execution.execute,
            (
                bytes32(0),
                abi.encodePacked(
                    address(mandateExecutor),
                    uint256(0),
                    abi.encodeCall(IMandateExecutor.actAs, (terms, calls, intent))
                )
            )
        );
        if (keccak256(wanted) != keccak256(callData)) revert MandateOperationDenied();
    }
}
