// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Execution,
    IERC7579Execution,
    IERC7579Module,
    MODULE_TYPE_EXECUTOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { P256 } from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import { LibBit } from "solady/utils/LibBit.sol";
import { IGuardianRecovery, Recovery } from "./IGuardianRecovery.sol";
import { IMandateExecutor } from "./IMandateExecutor.sol";
import { IPasskeyAccount, Listing, Passkey } from "./IPasskeyAccount.sol";

/// @title Guardians n of m bring an account back to a new passkey.
/// @dev Several proposals stand side by side, each with its own supporters: one hostile guardian cannot stand in the way
/// of the others by proposing first. The number of the account's recoveries so far is in every id, so carrying one out,
/// cancelling and new guardians end them all.
contract GuardianRecovery is IGuardianRecovery, IERC7579Module {
    struct Config {
        uint32 delay;
        uint8 threshold;
        uint64 nonce;
        address[] guardians;
    }

    struct Proposal {
        uint16 supporters;
        uint40 readyAt;
        uint40 lapsesAt;
    }

    uint256 private constant MOST_GUARDIANS = 16;
    /// How long guardians may gather, and a ready recovery wait, before it lapses: seconds.
    uint40 public constant LAPSE = 7 days;
    bytes32 private constant BATCH = bytes32(bytes1(0x01));

    IMandateExecutor public immutable mandateExecutor;
    /// @inheritdoc IGuardianRecovery
    uint32 public immutable minDelay;

    mapping(address account => Config) private _configs;
    /// Under the account and its number, so that a guardian of one account has no say in another's, nor in the past.
    mapping(address account => mapping(uint64 nonce => mapping(bytes32 id => Proposal))) private _proposals;
    /// What `recoveryOf` shows: the proposal that became ready last, else the one made last.
    mapping(address account => bytes32 id) private _shown;

    constructor(IMandateExecutor mandateExecutor_, uint32 minDelay_) {
        mandateExecutor = mandateExecutor_;
        minDelay = minDelay_;
    }

    /// @inheritdoc IGuardianRecovery
    function setGuardians(address[] calldata guardians, uint8 threshold, uint32 delay) external {
        uint256 count = guardians.length;
        if (count > MOST_GUARDIANS) revert RecoveryGuardiansInvalid("more than 16");
        if (threshold > count || (threshold == 0) != (count == 0)) {
            revert RecoveryGuardiansInvalid("threshold");
        }
        if (count != 0 && delay < minDelay) revert RecoveryGuardiansInvalid("delay");
        for (uint256 i = 0; i < count; ++i) {
            if (guardians[i] == address(0) || guardians[i] == msg.sender) {
                revert RecoveryGuardiansInvalid("guardian");
            }
            for (uint256 j = 0; j < i; ++j) {
                if (guardians[j] == guardians[i]) revert RecoveryGuardiansInvalid("twice");
            }
        }
        Config storage config = _configs[msg.sender];
        _end(config, msg.sender);
        config.delay = delay;
        config.threshold = threshold;
        config.guardians = guardians;
        emit GuardiansSet(msg.sender, guardians, threshold, delay);
    }

    /// @inheritdoc IGuardianRecovery
    function propose(address account, Passkey calldata key, Listing calldata listing)
        external
        returns (bytes32 id)
    {
        Config storage config = _configs[account];
        uint256 bit = _guardianBit(config);
        if (!P256.isValidPublicKey(key.x, key.y)) {
            revert IPasskeyAccount.AccountPasskeyInvalid(key.x, key.y);
        }
        id = _idOf(account, config.nonce, key, listing);
        Proposal storage proposal = _proposals[account][config.nonce][id];
        if (!_isLapsed(proposal)) revert RecoveryUnderWay(id);
        proposal.supporters = 0;
        proposal.readyAt = 0;
        proposal.lapsesAt = uint40(block.timestamp) + LAPSE;
        Proposal storage shown = _proposals[account][config.nonce][_shown[account]];
        if (shown.readyAt == 0 || _isLapsed(shown)) _shown[account] = id;
        emit RecoveryProposed(account, id, msg.sender, key, listing);
        _support(config, proposal, account, id, bit);
    }

    /// @inheritdoc IGuardianRecovery
    function support(address account, bytes32 id) external {
        Config storage config = _configs[account];
        uint256 bit = _guardianBit(config);
        Proposal storage proposal = _proposals[account][config.nonce][id];
        if (proposal.lapsesAt == 0) revert RecoveryUnknown(id);
        if (_isLapsed(proposal)) revert RecoveryLapsed(proposal.lapsesAt);
        if (proposal.supporters & bit != 0) revert RecoverySupportedAlready(msg.sender);
        _support(config, proposal, account, id, bit);
    }

    /// @inheritdoc IGuardianRecovery
    function cancel() external {
        bytes32 id = _shown[msg.sender];
        if (id == 0) revert RecoveryUnknown(id);
        _end(_configs[msg.sender], msg.sender);
    }

    /// @inheritdoc IGuardianRecovery
    function execute(address account, Passkey calldata key, Listing calldata listing) external {
        Config storage config = _configs[account];
        bytes32 id = _idOf(account, config.nonce, key, listing);
        Proposal storage proposal = _proposals[account][config.nonce][id];
        if (proposal.readyAt == 0) revert RecoveryUnknown(id);
        if (block.timestamp < proposal.readyAt) revert RecoveryTooEarly(proposal.readyAt);
        if (_isLapsed(proposal)) revert RecoveryLapsed(proposal.lapsesAt);
        ++config.nonce;
        delete _shown[account];
        emit RecoveryExecuted(account, id, key);
        Execution[] memory batch = new Execution[](2);
        batch[0] = Execution(account, 0, abi.encodeCall(IPasskeyAccount.replacePasskeys, (key, listing)));
        batch[1] =
            Execution(address(mandateExecutor), 0, abi.encodeCall(IMandateExecutor.pauseAccount, (true)));
        IERC7579Execution(account).executeFromExecutor(BATCH, abi.encode(batch));
    }

    /// @inheritdoc IGuardianRecovery
    function guardiansOf(address account)
        external
        view
        returns (address[] memory guardians, uint8 threshold, uint32 delay)
    {
        Config storage config = _configs[account];
        return (config.guardians, config.threshold, config.delay);
    }

    /// @inheritdoc IGuardianRecovery
    function recoveryOf(address account) external view returns (Recovery memory) {
        return proposalOf(account, _shown[account]);
    }

    /// @inheritdoc IGuardianRecovery
    function proposalOf(address account, bytes32 id) public view returns (Recovery memory) {
        Proposal storage proposal = _proposals[account][_configs[account].nonce][id];
        if (_isLapsed(proposal)) return Recovery(0, 0, 0, 0);
        return Recovery(id, uint8(LibBit.popCount(proposal.supporters)), proposal.readyAt, proposal.lapsesAt);
    }

    /// @inheritdoc IERC7579Module
    function onInstall(bytes calldata) external { }

    /// @inheritdoc IERC7579Module
    function onUninstall(bytes calldata) external { }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    function _support(
        Config storage config,
        Proposal storage proposal,
        address account,
        bytes32 id,
        uint256 bit
    ) private {
        uint256 supporters = proposal.supporters | bit;
        proposal.supporters = uint16(supporters);
        emit RecoverySupported(account, id, msg.sender);
        if (proposal.readyAt != 0 || LibBit.popCount(supporters) < config.threshold) return;
        uint40 readyAt = uint40(block.timestamp) + config.delay;
        proposal.readyAt = readyAt;
        proposal.lapsesAt = readyAt + LAPSE;
        _shown[account] = id;
        emit RecoveryReady(account, id, readyAt);
    }

    /// @dev Ends all proposals by moving on to the next number.
    function _end(Config storage config, address account) private {
        ++config.nonce;
        bytes32 id = _shown[account];
        if (id == 0) return;
        delete _shown[account];
        emit RecoveryCancelled(account, id);
    }

    function _guardianBit(Config storage config) private view returns (uint256) {
        for (uint256 i = 0; i < config.guardians.length; ++i) {
            if (config.guardians[i] == msg.sender) return 1 << i;
        }
        revert RecoveryNotGuardian(msg.sender);
    }

    function _isLapsed(Proposal storage proposal) private view returns (bool) {
        return block.timestamp >= proposal.lapsesAt;
    }

    function _idOf(address account, uint64 nonce, Passkey calldata key, Listing calldata listing)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(account, nonce, key, listing));
    }
}
