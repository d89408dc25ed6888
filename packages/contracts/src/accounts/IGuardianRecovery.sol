// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Listing, Passkey } from "./IPasskeyAccount.sol";

/// @notice What stands in the way of a recovery at this moment.
struct Recovery {
    /// @notice keccak256(abi.encode(account, nonce, key, listing)); zero: none is under way.
    bytes32 id;
    uint8 supporters;
    /// @notice Unix seconds from which it can be carried out; zero until enough guardians support it.
    uint40 readyAt;
    /// @notice Unix seconds after which it lapses.
    uint40 lapsesAt;
}

/// @notice Guardians n of m bring an account back to a new passkey, after a delay in which the account can refuse
/// (ERC-7579 executor). A recovery replaces all passkeys, drops the modules that the account was not born with, and pauses all
/// mandates; it does not move money.
interface IGuardianRecovery {
    event GuardiansSet(address indexed account, address[] guardians, uint8 threshold, uint32 delay);
    event RecoveryProposed(
        address indexed account, bytes32 indexed id, address indexed guardian, Passkey key, Listing listing
    );
    event RecoverySupported(address indexed account, bytes32 indexed id, address indexed guardian);
    event RecoveryReady(address indexed account, bytes32 indexed id, uint40 readyAt);
    event RecoveryCancelled(address indexed account, bytes32 indexed id);
    event RecoveryExecuted(address indexed account, bytes32 indexed id, Passkey key);

    error RecoveryNotGuardian(address caller);
    error RecoveryGuardiansInvalid(string what);
    error RecoveryUnderWay(bytes32 id);
    error RecoveryUnknown(bytes32 id);
    error RecoverySupportedAlready(address guardian);
    error RecoveryTooEarly(uint256 readyAt);
    error RecoveryLapsed(uint256 lapsesAt);

    /// @notice Sets the guardians (up to 16, none of them the account) of the calling account, any `threshold` of whom
    /// recover it; `delay` in seconds. None and threshold zero: no recovery. Ends the recoveries under way.
    function setGuardians(address[] calldata guardians, uint8 threshold, uint32 delay) external;
    /// @notice A guardian proposes a new passkey, and supports it by that. Proposals stand side by side; one lapses when
    /// its guardians have not gathered within a week, or a week after it is ready.
    function propose(address account, Passkey calldata key, Listing calldata listing)
        external
        returns (bytes32 id);
    /// @notice Another guardian supports a proposal; with enough of them its delay begins.
    function support(address account, bytes32 id) external;
    /// @notice The account refuses all recoveries under way; the event names the one that `recoveryOf` showed.
    function cancel() external;
    /// @notice Carries a ready recovery out. Anybody may call it.
    function execute(address account, Passkey calldata key, Listing calldata listing) external;

    function guardiansOf(address account)
        external
        view
        returns (address[] memory guardians, uint8 threshold, uint32 delay);
    /// @notice The recovery that became ready last, else the one proposed last; all zero when none is under way.
    function recoveryOf(address account) external view returns (Recovery memory);
    /// @notice A recovery under way by its id; all zero when it is not.
    function proposalOf(address account, bytes32 id) external view returns (Recovery memory);
    /// @notice Shortest delay that an account may choose, seconds.
    function minDelay() external view returns (uint32);
}
