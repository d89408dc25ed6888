// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

type MandateId is bytes32;

/// @notice An argument that the agent may not choose: the 32-byte word at `index` (0 is the first argument) equals `value`.
struct Pin {
    uint8 index;
    bytes32 value;
}

/// @notice One function that the agent may call.
struct Permission {
    address target;
    bytes4 selector;
    /// @notice Index of the argument word that is the amount of the mandate's asset; 255: the call moves none.
    uint8 amountArg;
    /// @notice The target takes the amount by `transferFrom`: it is approved for this call only, by the executor.
    bool pulls;
    /// @notice Largest amount of one call, base units of the asset.
    uint128 maxAmount;
    Pin[] pins;
}

/// @notice The bounded authority that an account gives an agent. Everything not named is denied.
struct Terms {
    /// @notice Who acts: calls `act`, or signs operations that `MandateValidator` validates.
    address agent;
    /// @notice The one asset (ERC-20) whose amounts the mandate counts.
    address asset;
    /// @notice Unix seconds; a use at `validUntil` is too late.
    uint40 validFrom;
    uint40 validUntil;
    /// @notice Length of the sliding window, seconds.
    uint32 period;
    /// @notice Largest sum in any window of `period`, base units of the asset.
    uint128 maxPerPeriod;
    /// @notice Most calls in any window of `period`, at most 255.
    uint8 maxCalls;
    Permission[] permissions;
    /// @notice Tells equal terms apart.
    bytes32 salt;
}

/// @notice What is left of a mandate at this moment.
struct Left {
    bool usable;
    /// @notice Base units of the asset: what the mandate, and what the account's budget still allows.
    uint256 ofPeriod;
    uint256 ofBudget;
    uint256 calls;
}

/// @notice Enforces mandates while they are used (ERC-7579 executor, module type 2). A refused call reverts, so it burns
/// no budget. One budget per account and asset bounds all its mandates together.
///
/// The mandate's id is keccak256(abi.encode(account, epoch, terms)); only the id is stored, the agent brings the terms.
interface IMandateExecutor {
    event MandateGranted(
        address indexed account,
        MandateId indexed id,
        address indexed agent,
        uint64 epoch,
        Terms terms,
        string label
    );
    event MandateRevoked(address indexed account, MandateId indexed id);
    event AllMandatesRevoked(address indexed account, uint64 epoch);
    event MandatePaused(address indexed account, MandateId indexed id, bool paused);
    event AccountPaused(address indexed account, bool paused);
    event BudgetSet(address indexed account, address indexed asset, uint128 amount, uint32 period);
    /// @notice One for each call made. `intent` is the hash of the decision that it carries out.
    event MandateUsed(
        address indexed account,
        MandateId indexed id,
        bytes32 indexed intent,
        address target,
        bytes4 selector,
        uint256 amount
    );

    error MandateUnknown(MandateId id);
    error MandateRevokedAlready(MandateId id);
    error MandateKnown(MandateId id);
    error MandatePausedByAccount(bool allOfThem);
    error MandateNotYet(uint256 validFrom);
    error MandateExpired(uint256 validUntil);
    error MandateNotAgent(address got, address wanted);
    error MandateFunctionDenied(address target, bytes4 selector);
    error MandateArgumentDenied(uint256 index, bytes32 got, bytes32 wanted);
    error MandateCallDataShort(uint256 got, uint256 wanted);
    error MandateValueDenied(uint256 value);
    error MandateAmountTooLarge(uint256 got, uint256 most);
    error MandatePeriodSpent(uint256 got, uint256 left);
    error MandateBudgetSpent(address asset, uint256 got, uint256 left);
    error MandateTooManyCalls(uint256 most);
    error MandateNoCalls();
    error MandateNoAccount(address account);
    /// @notice The account has uninstalled this executor.
    error MandateExecutorRemoved();
    /// @notice The account, its modules, the EntryPoint and the factory are never a target.
    error MandateTargetForbidden(address target);
    /// @notice A function that moves tokens, or lets others move them, must be the asset's, have its amount counted, and
    /// pin its spender (`transferFrom`: its receiver).
    error MandateApprovalUnbounded(address target, bytes4 selector);
    error MandateTermsInvalid(string what);
    error BudgetInvalid(uint128 amount, uint32 period);

    // Of the account itself (msg.sender is the account).

    /// @notice Grants a mandate; `label` (at most 64 bytes) is the account's own name for the agent.
    function grant(Terms calldata terms, string calldata label) external returns (MandateId id);
    /// @notice Sets the one budget of all mandates in an asset. Without one, nothing of the asset can be spent. Kept with
    /// 40 significant bits, rounded down; the event has what is kept. What was spent before counts as if spent now.
    function setBudget(address asset, uint128 amount, uint32 period) external;
    function revoke(MandateId id) external;
    function revokeAll() external;
    function pauseMandate(MandateId id, bool paused) external;
    function pauseAccount(bool paused) external;

    // Of the agent.

    /// @notice Makes the calls as the account. Only `terms.agent` may call it.
    function act(address account, Terms calldata terms, Execution[] calldata calls, bytes32 intent) external;
    /// @notice The same for a sponsored operation that `MandateValidator` has validated: the account calls it.
    function actAs(Terms calldata terms, Execution[] calldata calls, bytes32 intent) external;

    // For everybody.

    /// @notice Reverts with the reason for which a use would be refused now; costs nobody anything.
    function check(address account, Terms calldata terms, Execution[] calldata calls) external view;
    function left(address account, Terms calldata terms) external view returns (Left memory);
    function idOf(address account, Terms calldata terms) external view returns (MandateId);
    /// @notice Granted, not revoked, not paused. Times are not looked at. Reads only storage associated with the account.
    function isActive(address account, Terms calldata terms) external view returns (bool);
    /// @notice The same, but reverts with the reason.
    function requireActive(address account, Terms calldata terms) external view returns (MandateId id);
    function epochOf(address account) external view returns (uint64);
    function isPaused(address account) external view returns (bool);
    /// @notice What the account allows an asset: `amount` is what can be spent in any window of `period` seconds; `ofBudget` what is left now.
    function budgetOf(address account, address asset)
        external
        view
        returns (uint256 amount, uint32 period, uint256 ofBudget);
}
