// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What Lichen's modules need of an account beyond ERC-7579.
interface IAccountBase {
    error AccountModeUnsupported(bytes32 mode);

    /// @notice Whether no agent may call `target` as this account: itself, its modules, the EntryPoint and the factory.
    function isOffLimits(address target) external view returns (bool);
}
