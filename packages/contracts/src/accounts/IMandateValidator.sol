// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Lets an agent sign sponsored operations that use its mandate (ERC-7579 validator, module type 1).
///
/// The operation's nonce key is this validator's address ‖ lane(4 bytes), its call data exactly
/// `execute(0, mandateExecutor ‖ 0 ‖ actAs(terms, calls, intent))`, its signature the agent's ECDSA signature (65 bytes)
/// over the operation's hash itself, and it names a paymaster. A mandate that is unknown, revoked or paused reverts with
/// the executor's reason.
interface IMandateValidator {
    error MandateNotSender(address got, address wanted);
    /// @notice The operation is not the one use of a mandate.
    error MandateOperationDenied();
    /// @notice An agent may not spend the account's own money on gas.
    error MandateNotSponsored();
}
