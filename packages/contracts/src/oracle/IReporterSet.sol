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
    event Withdrawn(address indexed account, address indexed to, uint256 amount);
    event OracleBound(address indexed oracle);
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
    /// Admits members and sources; receives the reserve share of slashed bonds and lost dispute bonds.
    function steward() external view returns (address);
    function oracle() external view returns (address);
    function reporters() external view returns (address[] memory);
    function bondOf(address reporter) external view returns (uint256);
    function endpointOf(address reporter) external view returns (string memory);
    function quorumOf(uint256 count) external pure returns (uint256);
    /// Steward, once: the oracle whose marks slash bonds and that follows the set.
    function bindOracle(address oracle) external;
    /// Anyone: a new set in force at once, without the members that were slashed or asked to leave.
    function expel() external;
    /// Anyone: takes the marked bonds of one entry; half is owed to its beneficiary, half to the steward's reserve.
    function settleSlash(uint16 epoch, uint8 entry) external;
    /// Pays what msg.sender is owed.
    function withdraw(address to) external;
    function owedTo(address account) external view returns (uint256);
    /// Number of the set in force; zero before the first.
    function epoch() external view returns (uint16);
    /// Code with the set in force: STOP, configDigest, then 20 bytes a reporter. Zero when there is no set.
    function keys() external view returns (address);
    function keysOf(uint16 epoch) external view returns (address);
}
