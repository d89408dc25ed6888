// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SSTORE2 } from "solady/utils/SSTORE2.sol";
import { SafeTransferLib } from "solady/utils/SafeTransferLib.sol";
import { IOracle } from "./IOracle.sol";
import { IReportVerifier } from "./IReportVerifier.sol";
import { IReporterSet } from "./IReporterSet.sol";
import { Quorum } from "./Quorum.sol";

/// @title Bonds, membership and the key set of reporters; registered sources.
/// @dev A set is contract code (see Quorum) and never changes; each set has a number, its epoch. The oracle marks who was
/// slashed, in one write of its own; the bonds of marked members count as zero here at once and are moved later by
/// `settleSlash`.
contract ReporterSet is IReporterSet {
    using SafeTransferLib for address;

    error ReporterNotSteward(address got, address wanted);
    error ReporterOracleBound(address oracle);
    error ReporterBondTooSmall(uint256 got, uint256 wanted);
    error ReporterWasSlashed(address reporter);
    error ReporterIsLeaving(address reporter);
    error ReporterIsMember(address reporter);
    error ReporterNotLeaving(address reporter);
    error ReporterTooEarly(uint256 got, uint256 wanted);
    error ReporterSetSize(uint256 got, uint256 limit);
    error ReporterKeyWorn(address reporter, uint256 limit);
    error ReporterSetOrder(address got, address before);
    error ReporterNothingProposed();
    error ReporterNothingToExpel();
    error ReporterUnknownEntry(uint16 epoch, uint256 entry);
    error SourceInvalid(address source);
    error SourceKnown(address source, bytes32 topic);
    error SourceUnknown(address source, bytes32 topic);
    error SourceTooMany(uint256 limit);

    /// One slot.
    struct Member {
        uint128 amount;
        /// Zero, or when a leaver may take the bond.
        uint40 availableAt;
        /// In how many sets this key was or is.
        uint32 memberships;
    }

    /// One slot.
    struct Source {
        uint40 activeFrom;
        /// Zero = without end.
        uint40 activeUntil;
    }

    /// Sets that one key may be put in: bounds the walk over its past, which decides whether it was ever slashed. An
    /// expulsion writes the rest of a set anew and cannot be refused by it; it takes a slashed member each time.
    uint256 public constant MAX_MEMBERSHIPS = 256;
    /// Bounds the loops over sources, in disputes too.
    uint256 public constant MAX_SOURCES = 16;

    address public immutable token;
    /// Proposes sets and sources, each after the delay, and owns the reserve's half of slashed bonds.
    address public immutable steward;
    uint256 public immutable minBond;
    /// Seconds between the proposal and the force of a set or a source, once the first set is in force.
    uint40 public immutable changeDelay;
    /// Seconds that a bond stays slashable after its owner asked to leave, or was let out of the set if that is later.
    uint40 public immutable unbondDelay;

    address public oracle;
    /// @inheritdoc IReporterSet
    address public keys;
    /// @inheritdoc IReporterSet
    uint16 public epoch;
    uint16 private _lastEpoch;
    address private _proposedKeys;
    uint16 private _proposedEpoch;
    uint40 private _proposedFrom;

    mapping(address => Member) private _members;
    /// The epoch and index (epoch << 8 | index) of each membership of a key.
    mapping(address => mapping(uint256 => uint24)) private _membershipOf;
    /// @inheritdoc IReporterSet
    mapping(address => string) public endpointOf;
    /// @inheritdoc IReporterSet
    mapping(uint16 => address) public keysOf;
    /// @inheritdoc IReporterSet
    mapping(address => uint256) public owedTo;
    mapping(bytes32 topic => address[]) private _sources;
    mapping(address => mapping(bytes32 topic => Source)) private _sourceOf;

    modifier onlySteward() {
        require(msg.sender == steward, ReporterNotSteward(msg.sender, steward));
        _;
    }

    constructor(
        address token_,
        address steward_,
        uint256 minBond_,
        uint40 changeDelay_,
        uint40 unbondDelay_
    ) {
        token = token_;
        steward = steward_;
        minBond = minBond_;
        changeDelay = changeDelay_;
        unbondDelay = unbondDelay_;
    }

    /// @inheritdoc IReporterSet
    function bindOracle(address oracle_) external onlySteward {
        require(oracle == address(0), ReporterOracleBound(oracle));
        oracle = oracle_;
        emit OracleBound(oracle_);
        if (keys != address(0)) IOracle(oracle_).followSet(epoch, keys);
    }

    /// @inheritdoc IReporterSet
    function bond(uint256 amount, string calldata endpoint) external {
        Member storage member = _members[msg.sender];
        require(!_wasSlashed(msg.sender), ReporterWasSlashed(msg.sender));
        require(member.availableAt == 0, ReporterIsLeaving(msg.sender));
        uint256 total = member.amount + amount;
        require(total >= minBond, ReporterBondTooSmall(total, minBond));
        require(total <= type(uint128).max, ReporterBondTooSmall(total, type(uint128).max));
        member.amount = uint128(total);
        endpointOf[msg.sender] = endpoint;
        emit Bonded(msg.sender, amount, endpoint);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IReporterSet
    function requestUnbond() external {
        Member storage member = _members[msg.sender];
        require(member.amount > 0, ReporterBondTooSmall(0, minBond));
        require(member.availableAt == 0, ReporterIsLeaving(msg.sender));
        member.availableAt = uint40(block.timestamp) + unbondDelay;
        emit UnbondRequested(msg.sender, member.availableAt);
    }

    /// @inheritdoc IReporterSet
    function unbond() external {
        Member storage member = _members[msg.sender];
        require(member.availableAt != 0, ReporterNotLeaving(msg.sender));
        require(!_isMember(msg.sender), ReporterIsMember(msg.sender));
        require(block.timestamp >= member.availableAt, ReporterTooEarly(block.timestamp, member.availableAt));
        require(!_wasSlashed(msg.sender), ReporterWasSlashed(msg.sender));
        uint256 amount = member.amount;
        member.amount = 0;
        member.availableAt = 0;
        emit Unbonded(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IReporterSet
    function propose(address[] calldata reporters_) external onlySteward {
        require(
            reporters_.length > 0 && reporters_.length <= Quorum.MAX_REPORTERS,
            ReporterSetSize(reporters_.length, Quorum.MAX_REPORTERS)
        );
        address before;
        for (uint256 i = 0; i < reporters_.length; ++i) {
            address reporter = reporters_[i];
            // Strictly ascending from zero: neither the zero address nor a double can be in.
            require(reporter > before, ReporterSetOrder(reporter, before));
            _requireEligible(reporter);
            before = reporter;
        }
        (address written, uint16 number, bytes32 digest) = _write(reporters_);
        uint40 activeFrom = uint40(block.timestamp) + (_isFirst() ? 0 : changeDelay);
        (_proposedKeys, _proposedEpoch, _proposedFrom) = (written, number, activeFrom);
        emit SetProposed(digest, reporters_, activeFrom);
        if (_isFirst()) activate();
    }

    /// @inheritdoc IReporterSet
    function activate() public {
        address proposed = _proposedKeys;
        require(proposed != address(0), ReporterNothingProposed());
        require(block.timestamp >= _proposedFrom, ReporterTooEarly(block.timestamp, _proposedFrom));
        uint16 number = _proposedEpoch;
        _proposedKeys = address(0);
        address[] memory list = _listOf(proposed);
        for (uint256 i = 0; i < list.length; ++i) {
            _requireEligible(list[i]);
        }
        _enforce(number, proposed, list);
    }

    /// @inheritdoc IReporterSet
    function expel() external {
        address[] memory list = _listOf(keys);
        uint64 slashed = _slashedOf(epoch);
        uint256 kept;
        address[] memory rest = new address[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            bool marked = (slashed >> i) & 1 == 1 || _wasSlashed(list[i]);
            if (!marked && _members[list[i]].availableAt == 0) rest[kept++] = list[i];
        }
        require(kept < list.length, ReporterNothingToExpel());
        assembly ("memory-safe") {
            mstore(rest, kept)
        }
        if (kept == 0) {
            _enforceNone();
        } else {
            (address written, uint16 number,) = _write(rest);
            _enforce(number, written, rest);
        }
    }

    /// @inheritdoc IReporterSet
    function proposeSource(address source, bytes32 topic, string calldata name) external onlySteward {
        require(source != address(0), SourceInvalid(source));
        Source storage known = _sourceOf[source][topic];
        bool listed = known.activeFrom != 0;
        require(
            !listed || (known.activeUntil != 0 && known.activeUntil <= block.timestamp),
            SourceKnown(source, topic)
        );
        if (!listed) {
            require(_sources[topic].length < MAX_SOURCES, SourceTooMany(MAX_SOURCES));
            _sources[topic].push(source);
        }
        known.activeFrom = uint40(block.timestamp) + (_isFirst() ? 0 : changeDelay);
        known.activeUntil = 0;
        emit SourceProposed(source, name, topic, known.activeFrom);
    }

    /// @inheritdoc IReporterSet
    function removeSource(address source, bytes32 topic) external onlySteward {
        Source storage known = _sourceOf[source][topic];
        require(known.activeFrom != 0 && known.activeUntil == 0, SourceUnknown(source, topic));
        // Never zero, which means without end.
        known.activeUntil = uint40(block.timestamp) + changeDelay;
        emit SourceRemoved(source, topic);
    }

    /// @inheritdoc IReporterSet
    function settleSlash(uint16 epoch_, uint8 entry) external {
        require(oracle != address(0), ReporterUnknownEntry(epoch_, entry));
        (address beneficiary, uint64 marked) = IOracle(oracle).slashEntryOf(epoch_, entry);
        require(marked != 0, ReporterUnknownEntry(epoch_, entry));
        address[] memory list = _listOf(keysOf[epoch_]);
        uint256 total;
        for (uint256 i = 0; i < list.length; ++i) {
            if ((marked >> i) & 1 == 0) continue;
            uint256 amount = _members[list[i]].amount;
            if (amount == 0) continue;
            _members[list[i]].amount = 0;
            total += amount;
            emit Slashed(list[i], amount, beneficiary);
        }
        owedTo[beneficiary] += total / 2;
        owedTo[steward] += total - total / 2;
    }

    /// @inheritdoc IReporterSet
    function withdraw(address to) external {
        uint256 amount = owedTo[msg.sender];
        owedTo[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IReportVerifier
    function verify(bytes32 digest, uint256 bitmap, bytes calldata signatures) external view {
        (, uint256 first, uint256 count) = Quorum.load(keys);
        Quorum.check(first, count, digest, bitmap, signatures);
    }

    /// @inheritdoc IReportVerifier
    function configDigest() external view returns (bytes32) {
        return _digestOf(keys);
    }

    /// @inheritdoc IReporterSet
    function isSource(address source, bytes32 topic) public view returns (bool) {
        Source memory known = _sourceOf[source][topic];
        return known.activeFrom != 0 && known.activeFrom <= block.timestamp
            && (known.activeUntil == 0 || block.timestamp < known.activeUntil);
    }

    /// @inheritdoc IReporterSet
    function sources(bytes32 topic) external view returns (address[] memory active) {
        address[] memory all = _sources[topic];
        active = new address[](all.length);
        uint256 count;
        for (uint256 i = 0; i < all.length; ++i) {
            if (isSource(all[i], topic)) active[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(active, count)
        }
    }

    /// @inheritdoc IReporterSet
    function reporters() external view returns (address[] memory) {
        return _listOf(keys);
    }

    /// @inheritdoc IReporterSet
    function bondOf(address reporter) public view returns (uint256) {
        return _wasSlashed(reporter) ? 0 : _members[reporter].amount;
    }

    /// @inheritdoc IReporterSet
    function quorumOf(uint256 count) external pure returns (uint256) {
        return Quorum.quorumOf(count);
    }

    /// When a leaver may call `unbond`; zero when it did not ask.
    function availableAtOf(address reporter) external view returns (uint40) {
        return _members[reporter].availableAt;
    }

    function _slashedOf(uint16 epoch_) private view returns (uint64) {
        return oracle == address(0) ? 0 : IOracle(oracle).slashedOf(epoch_);
    }

    function _requireEligible(address reporter) private view {
        uint256 amount = bondOf(reporter);
        require(amount >= minBond && amount > 0, ReporterBondTooSmall(amount, minBond));
        require(_members[reporter].availableAt == 0, ReporterIsLeaving(reporter));
        require(_members[reporter].memberships < MAX_MEMBERSHIPS, ReporterKeyWorn(reporter, MAX_MEMBERSHIPS));
    }

    function _isFirst() private view returns (bool) {
        return epoch == 0;
    }

    function _write(address[] memory list) private returns (address written, uint16 number, bytes32 digest) {
        number = ++_lastEpoch;
        digest = keccak256(abi.encode(number, list));
        bytes memory code = new bytes(32 + 20 * list.length);
        assembly ("memory-safe") {
            mstore(add(code, 0x20), digest)
            let target := add(code, 0x40)
            let source := add(list, 0x20)
            // Each store spills 12 zero bytes to the right, which the next one covers; the last stays in the padding.
            for { let left := mload(list) } left { left := sub(left, 1) } {
                let key := shl(96, mload(source))
                switch left
                case 1 {
                    // Byte by byte: the padding after the array may be shorter than 12 bytes.
                    for { let i := 0 } lt(i, 20) { i := add(i, 1) } { mstore8(add(target, i), byte(i, key)) }
                }
                default { mstore(target, key) }
                target := add(target, 20)
                source := add(source, 0x20)
            }
        }
        written = SSTORE2.write(code);
    }

    function _enforce(uint16 number, address written, address[] memory list) private {
        _restartLeavers();
        (epoch, keys) = (number, written);
        keysOf[number] = written;
        for (uint256 i = 0; i < list.length; ++i) {
            Member storage member = _members[list[i]];
            _membershipOf[list[i]][member.memberships] = (uint24(number) << 8) | uint24(i);
            member.memberships += 1;
        }
        emit SetActivated(_digestOf(written), list, written);
        if (oracle != address(0)) IOracle(oracle).followSet(number, written);
    }

    /// The set in force ends. Members who asked to leave are in no later set; their keys could sign until now, so that their
    /// bonds stay for the whole delay from now.
    function _restartLeavers() private {
        address[] memory list = _listOf(keys);
        for (uint256 i = 0; i < list.length; ++i) {
            Member storage member = _members[list[i]];
            if (member.availableAt == 0) continue;
            member.availableAt = uint40(block.timestamp) + unbondDelay;
            emit UnbondRequested(list[i], member.availableAt);
        }
    }

    /// Everybody was slashed or left: no report can be verified until the steward proposes a set, which waits the delay.
    function _enforceNone() private {
        _restartLeavers();
        keys = address(0);
        emit SetActivated(bytes32(0), new address[](0), address(0));
        if (oracle != address(0)) IOracle(oracle).followSet(epoch, address(0));
    }

    function _isMember(address reporter) private view returns (bool) {
        uint256 count = _members[reporter].memberships;
        return keys != address(0) && count > 0 && _membershipOf[reporter][count - 1] >> 8 == epoch;
    }

    function _wasSlashed(address reporter) private view returns (bool) {
        uint256 count = _members[reporter].memberships;
        for (uint256 i = 0; i < count; ++i) {
            uint24 membership = _membershipOf[reporter][i];
            if ((_slashedOf(uint16(membership >> 8)) >> uint8(membership)) & 1 == 1) return true;
        }
        return false;
    }

    function _listOf(address written) private view returns (address[] memory list) {
        if (written == address(0)) return list;
        (, uint256 first, uint256 count) = Quorum.load(written);
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            assembly ("memory-safe") {
                mstore(add(list, mul(0x20, add(i, 1))), shr(96, mload(add(first, mul(i, 20)))))
            }
        }
    }

    function _digestOf(address written) private view returns (bytes32 digest) {
        if (written == address(0)) return 0;
        assembly ("memory-safe") {
            extcodecopy(written, 0, 1, 32)
            digest := mload(0)
        }
    }
}
