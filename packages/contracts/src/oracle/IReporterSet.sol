// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReportVerifier } from "./IReportVerifier.sol";

/// @title Bonds, membership and the key set of reporters; registered sources.
/// @notice A steward admits bonded reporters; each change of a set in force waits `changeDelay` and is announced.
interface IReporterSet is IReportVerifier {
    event Bonded(address indexed reporter, uint256 amount, string endpoint);
    event UnbondRequested(address indexed reporter, uint40 availableAt);
    event Unbonded(address indexed reporter, uint256 amount);
    event SetProposed(bytes32 indexed configDigest, address[] reporters, uint40 activeFrom);
    event SetActivated(bytes32 indexed configDigest, address[] reporters, address keys);
    event Slashed(address indexed reporter, uint256 amount, address beneficiary);
    event SourceProposed(address indexed source, string name, bytes32 indexed topic, uint40 activeFrom);
    event SourceRemoved(address indexed source, bytes32 indexed topic);

    /// Locks `amount` of the bond token (>= minBond in total) for msg.sender, whose key signs reports.
    function bond(uint256 amount, string calldata endpoint) external;
    /// Starts leaving; the bond stays slashable for `unbondDelay`.
    function requestUnbond() external;
    function unbond() external;
    /// Steward: the next set, 1..64 bonded reporters in ascending address order. The very first is in force at once.
    function propose(address[] calldata reporters) external;
    /// Anyone, after the delay.
    function activate() external;
    function proposeSource(address source, bytes32 topic, string calldata name) external;
    function removeSource(address source, bytes32 topic) external;
    function isSource(address source, bytes32 topic) external view returns (bool);
    function sources(bytes32 topic) external view returns (address[] memory);
    function reporters() external view returns (address[] memory);
    function bondOf(address reporter) external view returns (uint256);
    function endpointOf(address reporter) external view returns (string memory);
    function quorumOf(uint256 count) external pure returns (uint256);
    /// Oracle only: burns the bonds of the set's members in `mask`; half is owed to the beneficiary, half to the reserve.
    function slash(bytes32 configDigest, uint64 mask, address beneficiary) external;
}
