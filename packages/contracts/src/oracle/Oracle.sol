// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { LibBit } from "solady/utils/LibBit.sol";
import { IModelRegistry, ModelId } from "../models/IModelRegistry.sol";
import {
    Answer,
    IAnswerReceiver,
    IOracle,
    Outcome,
    QuestionId,
    QuestionSpec,
    Report,
    SignedStatement,
    Statement,
    Status
} from "./IOracle.sol";
import { IReporterSet } from "./IReporterSet.sol";
import { Quorum } from "./Quorum.sol";

/// @title Questions, rounds, disputes. See IOracle.
/// @dev A question is one slot; its id is the hash of its spec, so nothing of the spec is stored. Rounds lie in a ring
/// of 4,096: their history is in the events, and an answer is accepted in the seconds after its round.
contract Oracle is IOracle, EIP712 {
    using SafeERC20 for IERC20;

    error OracleNotAsker(address got, address wanted);
    error OracleBadSpec(string field);
    error OracleAlreadyAsked(QuestionId id);
    error OraclePrepaidTooSmall(uint256 got, uint256 wanted);
    error OracleStatus(QuestionId id, Status got, Status wanted);
    error OracleTooSoon(uint256 got, uint256 wanted);
    error OracleTooLate(uint256 got, uint256 wanted);
    error OracleRoundNotNewer(uint256 got, uint256 wanted);
    error OracleReportFromFuture(uint256 got, uint256 wanted);
    error OracleReportSpan(uint256 from, uint256 to);
    error OracleRoundGone(uint256 round);
    error OracleRoundTooOld(uint256 got, uint256 limit);
    error OracleLeafNotInRoot(bytes32 leaf);
    error OracleOutOfSchema(QuestionId id, bytes32 value);
    error OracleInSchema(QuestionId id, bytes32 value);
    error OracleGasTooLow(uint256 got, uint256 wanted);
    error OracleNoModel(QuestionId id);
    error OracleWrongInput(bytes32 got, bytes32 wanted);
    error OracleAnswerStands(QuestionId id);
    error OracleNotSource(address got);
    error OracleForeignStatement(bytes32 topic, bytes32 subject);
    error OracleNoContradiction(QuestionId id);
    error OracleNotEquivocation(uint256 reporter);
    error OracleOnlySet(address got, address wanted);
    error OracleNothingDue(QuestionId id);

    /// 8 + 8 + 64 + 32 + 32 + 16 + 64 + 16 + 16 = 256 bits. Seconds and rounds (at most one a second) fit 32 bits to 2106.
    struct QuestionSlot {
        Status status;
        Outcome outcome;
        int64 answer;
        uint32 acceptedAt;
        uint32 round;
        /// Seconds from the report's observedTo to acceptance: evidence may not be newer than what reporters could see,
        /// and the ring may have forgotten the round by the time of a dispute.
        uint16 age;
        /// Zero when a dispute changed the answer: then nobody earns its fee.
        uint64 signers;
        uint16 confidenceBps;
        uint16 epoch;
    }

    /// One slot: what every report reads and writes.
    struct Head {
        uint40 round;
        uint40 reportedAt;
        uint16 epoch;
        address keys;
    }

    struct RoundSlot {
        bytes32 root;
        uint64 signers;
        uint40 round;
        uint40 observedTo;
        uint16 epoch;
    }

    struct Dispute {
        address challenger;
        uint40 defendBy;
        /// Statements after this moment say nothing about the answer.
        uint40 observedTo;
    }

    struct Said {
        int64 value;
        uint40 observedAt;
    }

    bytes32 private constant REPORT_TYPEHASH = keccak256(
        "Report(bytes32 configDigest,uint40 round,uint40 observedFrom,uint40 observedTo,bytes32 root,bytes32 dataDigest)"
    );
    bytes32 private constant STATEMENT_TYPEHASH =
        keccak256("Statement(bytes32 topic,bytes32 subject,int64 value,int64 detail,uint40 observedAt)");

    uint256 public constant RING = 4096;
    /// 0.05 in a token of 6 decimals, shared by the signers of the answer.
    uint256 public constant FEE = 50_000;
    /// 50 in a token of 6 decimals.
    uint256 public constant DISPUTE_BOND = 50e6;
    /// Both sides have at least this long to bring statements.
    uint40 public constant MIN_DEFENCE = 30;
    /// Two sources that say the same decide.
    uint256 public constant AGREEING_SOURCES = 2;
    uint40 private constant MAX_LIVENESS = 30 days;
    /// Gas kept back for finishing after a callback.
    uint256 private constant AFTER_CALLBACK = 10_000;
    address private constant BURNED = address(0xdead);
    uint8 private constant RUNG_SCHEMA = 0;
    uint8 private constant RUNG_MODEL = 1;
    uint8 private constant RUNG_EVIDENCE = 2;

    IERC20 public immutable token;
    IReporterSet public immutable reporterSet;
    IModelRegistry public immutable models;

    Head private _head;
    mapping(uint256 index => RoundSlot) private _ring;
    mapping(QuestionId id => QuestionSlot) private _questions;
    mapping(QuestionId id => bytes32) private _vectors;
    mapping(QuestionId id => uint64 reporters) private _rewarded;
    mapping(QuestionId id => Dispute) private _disputes;
    mapping(QuestionId id => mapping(address source => Said)) private _said;
    mapping(address account => uint256) public prepaidOf;

    constructor(IERC20 token_, IReporterSet reporterSet_, IModelRegistry models_)
        EIP712("Lichen Oracle", "1")
    {
        token = token_;
        reporterSet = reporterSet_;
        models = models_;
    }

    /// @inheritdoc IOracle
    function quote(QuestionSpec calldata) external pure returns (uint256) {
        return FEE;
    }

    /// @inheritdoc IOracle
    function prepay(address account, uint256 amount) external {
        prepaidOf[account] += amount;
        emit Prepaid(account, msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IOracle
    function withdrawPrepaid(uint256 amount, address to) external {
        uint256 held = prepaidOf[msg.sender];
        require(held >= amount, OraclePrepaidTooSmall(held, amount));
        prepaidOf[msg.sender] = held - amount;
        emit PrepaidWithdrawn(msg.sender, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IOracle
    function ask(QuestionSpec calldata spec) external returns (QuestionId id) {
        require(spec.asker == msg.sender, OracleNotAsker(msg.sender, spec.asker));
        require(spec.kind <= 3, OracleBadSpec("kind"));
        require(spec.low <= spec.high || spec.kind == 3, OracleBadSpec("bounds"));
        require(spec.answerBy > spec.opensAt && spec.answerBy > block.timestamp, OracleBadSpec("answerBy"));
        require(spec.liveness <= MAX_LIVENESS, OracleBadSpec("liveness"));
        require(spec.callbackGas <= 1_000_000, OracleBadSpec("callbackGas"));
        if (spec.modelId != 0) {
            require(spec.kind == 2, OracleBadSpec("kind"));
            require(models.programOf(ModelId.wrap(spec.modelId)) != address(0), OracleBadSpec("modelId"));
        }
        id = questionIdOf(spec);
        require(_questions[id].status == Status.NONE, OracleAlreadyAsked(id));
        uint256 held = prepaidOf[msg.sender];
        require(held >= FEE, OraclePrepaidTooSmall(held, FEE));
        prepaidOf[msg.sender] = held - FEE;
        _questions[id].status = Status.PENDING;
        emit QuestionAsked(id, msg.sender, spec.topic, spec, FEE);
    }

    /// @inheritdoc IOracle
    function cancel(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot storage slot = _questions[id];
        require(slot.status == Status.PENDING, OracleStatus(id, slot.status, Status.PENDING));
        require(block.timestamp > spec.answerBy, OracleTooSoon(block.timestamp, spec.answerBy));
        slot.status = Status.CANCELLED;
        prepaidOf[spec.asker] += FEE;
        emit QuestionCancelled(id, FEE);
    }

    /// @inheritdoc IOracle
    function submit(Report calldata report, uint256 bitmap, bytes calldata signatures) external {
        Head memory head = _head;
        require(report.round > head.round, OracleRoundNotNewer(report.round, head.round));
        // A slot lasts a second or more, so a larger number could only bar every later round.
        require(report.round <= block.timestamp, OracleReportFromFuture(report.round, block.timestamp));
        require(
            report.observedTo <= block.timestamp, OracleReportFromFuture(report.observedTo, block.timestamp)
        );
        require(
            report.observedFrom <= report.observedTo, OracleReportSpan(report.observedFrom, report.observedTo)
        );
        (bytes32 digestOfSet, uint256 first, uint256 count) = Quorum.load(head.keys);
        Quorum.check(first, count, _reportDigest(digestOfSet, report), bitmap, signatures);
        _ring[report.round % RING] =
            RoundSlot(report.root, uint64(bitmap), report.round, report.observedTo, head.epoch);
        _head = Head(report.round, uint40(block.timestamp), head.epoch, head.keys);
        emit RoundReported(
            report.round,
            report.root,
            report.dataDigest,
            uint64(bitmap),
            report.observedFrom,
            report.observedTo
        );
    }

    /// @inheritdoc IOracle
    function accept(
        QuestionSpec calldata spec,
        uint40 round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot,
        bytes32[] calldata proof
    ) external {
        QuestionId id = questionIdOf(spec);
        RoundSlot memory slot = _proved(id, round, outcome, value, confidenceBps, evidenceRoot, proof);
        Status status = _questions[id].status;
        require(status == Status.PENDING, OracleStatus(id, status, Status.PENDING));
        require(slot.observedTo >= spec.opensAt, OracleTooSoon(slot.observedTo, spec.opensAt));
        require(block.timestamp <= spec.answerBy, OracleTooLate(block.timestamp, spec.answerBy));
        require(_isInSchema(spec, outcome, value, confidenceBps), OracleOutOfSchema(id, value));
        if (outcome == Outcome.TOO_EARLY) {
            emit AnswerTooEarly(id, round);
            return;
        }
        uint256 age = block.timestamp - slot.observedTo;
        require(age <= type(uint16).max, OracleRoundTooOld(age, type(uint16).max));
        if (spec.kind == 3) _vectors[id] = value;
        _questions[id] = QuestionSlot({
            status: Status.ACCEPTED,
            outcome: outcome,
            answer: spec.kind != 3 ? int64(int256(uint256(value))) : int64(0),
            acceptedAt: uint32(block.timestamp),
            round: uint32(round),
            age: uint16(age),
            signers: slot.signers,
            confidenceBps: confidenceBps,
            epoch: slot.epoch
        });
        emit AnswerAccepted(id, round, outcome, value, confidenceBps, evidenceRoot);
    }

    /// @inheritdoc IOracle
    function finalize(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _questions[id];
        require(slot.status == Status.ACCEPTED, OracleStatus(id, slot.status, Status.ACCEPTED));
        uint256 finalAt = uint256(slot.acceptedAt) + spec.liveness;
        require(block.timestamp >= finalAt, OracleTooSoon(block.timestamp, finalAt));
        _finish(spec, id);
    }

    /// @inheritdoc IOracle
    function collectRewards(uint16 epoch, uint8 reporterIndex, QuestionSpec[] calldata specs) external {
        address reporter = Quorum.keyAt(reporterSet.keysOf(epoch), reporterIndex);
        uint64 bit = uint64(1) << reporterIndex;
        uint256 amount = 0;
        for (uint256 i = 0; i < specs.length; ++i) {
            QuestionId id = questionIdOf(specs[i]);
            QuestionSlot memory slot = _questions[id];
            require(_isFinal(slot, specs[i].liveness), OracleStatus(id, slot.status, Status.FINAL));
            require(slot.epoch == epoch && slot.signers & bit & ~_rewarded[id] != 0, OracleNothingDue(id));
            uint64 rewarded = _rewarded[id] | bit;
            _rewarded[id] = rewarded;
            uint256 signers = LibBit.popCount(slot.signers);
            // The last to collect gets the remainder: the whole fee is paid, to the unit.
            amount += rewarded == slot.signers ? FEE - (FEE / signers) * (signers - 1) : FEE / signers;
        }
        prepaidOf[reporter] += amount;
        emit RewardsCollected(reporter, specs.length, amount);
    }

    /// @inheritdoc IOracle
    function returnFee(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot storage slot = _questions[id];
        bool isDue = slot.status == Status.FINAL && slot.signers == 0 && slot.round != 0;
        require(isDue, OracleNothingDue(id));
        // Round zero marks a fee that went back: no real round has that number.
        slot.round = 0;
        prepaidOf[spec.asker] += FEE;
        emit FeeReturned(id, spec.asker, FEE);
    }

    /// @inheritdoc IOracle
    function followSet(uint16 epoch, address keys) external {
        require(msg.sender == address(reporterSet), OracleOnlySet(msg.sender, address(reporterSet)));
        _head.epoch = epoch;
        _head.keys = keys;
        emit SetFollowed(epoch, keys);
    }

    /// @inheritdoc IOracle
    function disputeSchema(
        QuestionSpec calldata spec,
        uint40 round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot,
        bytes32[] calldata proof
    ) external {
        QuestionId id = questionIdOf(spec);
        RoundSlot memory slot = _proved(id, round, outcome, value, confidenceBps, evidenceRoot, proof);
        require(_questions[id].status != Status.NONE, OracleStatus(id, Status.NONE, Status.PENDING));
        require(!_isInSchema(spec, outcome, value, confidenceBps), OracleInSchema(id, value));
        _slash(slot.epoch, slot.signers, "schema", msg.sender);
        emit DisputeResolved(id, RUNG_SCHEMA, false, outcome, value);
    }

    /// @inheritdoc IOracle
    function disputeModel(QuestionSpec calldata spec, bytes calldata input) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _disputable(id, spec.liveness);
        require(spec.modelId != 0, OracleNoModel(id));
        require(keccak256(input) == spec.inputHash, OracleWrongInput(keccak256(input), spec.inputHash));
        int256 right = models.infer(ModelId.wrap(spec.modelId), input);
        bool isInSchema = right >= spec.low && right <= spec.high;
        Outcome outcome = isInSchema ? Outcome.ANSWERED : Outcome.UNRESOLVED;
        int64 answer = isInSchema ? int64(right) : int64(0);
        require(slot.outcome != outcome || slot.answer != answer, OracleAnswerStands(id));
        // UNRESOLVED is replaced but not punished: the reporters may not have known the input.
        if (slot.outcome == Outcome.ANSWERED) _slash(slot.epoch, slot.signers, "model", msg.sender);
        slot.status = Status.FINAL;
        slot.outcome = outcome;
        slot.answer = answer;
        slot.signers = 0;
        _questions[id] = slot;
        bytes32 value = bytes32(uint256(int256(answer)));
        emit DisputeResolved(id, RUNG_MODEL, true, outcome, value);
        _announce(spec, id, outcome, value);
    }

    /// @inheritdoc IOracle
    function disputeEvidence(QuestionSpec calldata spec, SignedStatement[] calldata statements) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _disputable(id, spec.liveness);
        require(spec.kind != 3 && spec.modelId == 0, OracleBadSpec("kind"));
        uint40 observedTo = slot.acceptedAt - slot.age;
        uint40 defendBy =
            uint40(block.timestamp) + (spec.liveness > MIN_DEFENCE ? spec.liveness : MIN_DEFENCE);
        _questions[id].status = Status.DISPUTED;
        _disputes[id] = Dispute(msg.sender, defendBy, observedTo);
        emit DisputeOpened(id, msg.sender, RUNG_EVIDENCE, defendBy);
        _hear(spec, id, observedTo, statements);
        bool contradicts = false;
        for (uint256 i = 0; i < statements.length; ++i) {
            int64 value = statements[i].statement.value;
            if (slot.outcome != Outcome.ANSWERED || value != slot.answer) contradicts = true;
        }
        require(contradicts, OracleNoContradiction(id));
        token.safeTransferFrom(msg.sender, address(this), DISPUTE_BOND);
    }

    /// @inheritdoc IOracle
    function addEvidence(QuestionSpec calldata spec, SignedStatement[] calldata statements) external {
        QuestionId id = questionIdOf(spec);
        Status status = _questions[id].status;
        require(status == Status.DISPUTED, OracleStatus(id, status, Status.DISPUTED));
        Dispute memory dispute = _disputes[id];
        require(block.timestamp < dispute.defendBy, OracleTooLate(block.timestamp, dispute.defendBy));
        _hear(spec, id, dispute.observedTo, statements);
    }

    /// @inheritdoc IOracle
    function resolveEvidence(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _questions[id];
        require(slot.status == Status.DISPUTED, OracleStatus(id, slot.status, Status.DISPUTED));
        Dispute memory dispute = _disputes[id];
        require(block.timestamp >= dispute.defendBy, OracleTooSoon(block.timestamp, dispute.defendBy));
        (bool isDecided, int64 decided) = _tally(spec.topic, id);
        bool inSchema = isDecided && _isInSchema(spec, Outcome.ANSWERED, bytes32(uint256(int256(decided))), 0);
        bool stands = inSchema && slot.outcome == Outcome.ANSWERED && decided == slot.answer;
        if (!stands) {
            // Only an answer that two registered sources contradict is a provable fault; an UNRESOLVED was honest doubt.
            if (inSchema && slot.outcome == Outcome.ANSWERED) {
                _slash(slot.epoch, slot.signers, "evidence", dispute.challenger);
            }
            slot.outcome = inSchema ? Outcome.ANSWERED : Outcome.UNRESOLVED;
            slot.answer = inSchema ? decided : int64(0);
            slot.signers = 0;
        }
        slot.status = Status.ACCEPTED;
        _questions[id] = slot;
        delete _disputes[id];
        // Credited, not sent: no recipient can block the end of a dispute.
        if (stands) prepaidOf[reporterSet.steward()] += DISPUTE_BOND - DISPUTE_BOND / 2;
        else prepaidOf[dispute.challenger] += DISPUTE_BOND;
        emit DisputeResolved(id, RUNG_EVIDENCE, !stands, slot.outcome, bytes32(uint256(int256(slot.answer))));
        _finish(spec, id);
        if (stands) token.safeTransfer(BURNED, DISPUTE_BOND / 2);
    }

    /// @inheritdoc IOracle
    function slashEquivocation(
        uint8 reporter,
        Report calldata first,
        bytes calldata firstSignature,
        Report calldata second,
        bytes calldata secondSignature
    ) external {
        _equivocation(_head.epoch, reporter, first, firstSignature, second, secondSignature);
    }

    /// @inheritdoc IOracle
    function slashPastEquivocation(
        uint16 epoch,
        uint8 reporter,
        Report calldata first,
        bytes calldata firstSignature,
        Report calldata second,
        bytes calldata secondSignature
    ) external {
        _equivocation(epoch, reporter, first, firstSignature, second, secondSignature);
    }

    /// @inheritdoc IOracle
    function claim(QuestionSpec calldata spec) external view returns (Outcome outcome, bytes32 value) {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _questions[id];
        require(_isFinal(slot, spec.liveness), OracleStatus(id, slot.status, Status.FINAL));
        return (slot.outcome, _valueOf(spec.kind, id, slot.answer));
    }

    /// @inheritdoc IOracle
    function answerOf(QuestionId id) external view returns (Answer memory) {
        QuestionSlot memory slot = _questions[id];
        bytes32 vector = _vectors[id];
        bytes32 value = vector != 0 ? vector : bytes32(uint256(int256(slot.answer)));
        return Answer(
            slot.status, slot.outcome, value, slot.confidenceBps, slot.acceptedAt, slot.round, slot.signers
        );
    }

    /// @inheritdoc IOracle
    function questionIdOf(QuestionSpec calldata spec) public view returns (QuestionId) {
        return QuestionId.wrap(keccak256(abi.encode(block.chainid, address(this), spec)));
    }

    /// @inheritdoc IOracle
    function lastRound() external view returns (uint40) {
        return _head.round;
    }

    /// @inheritdoc IOracle
    function lastReportAt() external view returns (uint40) {
        return _head.reportedAt;
    }

    /// @inheritdoc IOracle
    function configDigest() external view returns (bytes32) {
        return reporterSet.configDigest();
    }

    /// The evidence dispute of a question, zeros when there is none.
    function disputeOf(QuestionId id) external view returns (Dispute memory) {
        return _disputes[id];
    }

    /// FINAL, event, bounded callback.
    function _finish(QuestionSpec calldata spec, QuestionId id) private {
        QuestionSlot storage slot = _questions[id];
        slot.status = Status.FINAL;
        _announce(spec, id, slot.outcome, _valueOf(spec.kind, id, slot.answer));
    }

    function _announce(QuestionSpec calldata spec, QuestionId id, Outcome outcome, bytes32 value) private {
        emit AnswerFinal(id, outcome, value);
        if (spec.callbackGas == 0) return;
        // EIP-150 hands on 63/64 at most: without this check a caller could starve the callback and settle anyway.
        uint256 wanted = (uint256(spec.callbackGas) * 64) / 63 + AFTER_CALLBACK;
        require(gasleft() >= wanted, OracleGasTooLow(gasleft(), wanted));
        bytes memory data = abi.encodeCall(IAnswerReceiver.onAnswer, (id, spec.subject, outcome, value));
        address asker = spec.asker;
        uint256 callbackGas = spec.callbackGas;
        bool isDone;
        assembly ("memory-safe") {
            // No return data is copied: a long one would be paid for by the caller.
            isDone := call(callbackGas, asker, 0, add(data, 32), mload(data), 0, 0)
        }
        if (!isDone) emit CallbackFailed(id, asker);
    }

    function _proved(
        QuestionId id,
        uint40 round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot,
        bytes32[] calldata proof
    ) private view returns (RoundSlot memory slot) {
        slot = _ring[round % RING];
        require(slot.round == round && round != 0, OracleRoundGone(round));
        bytes32 leaf =
            keccak256(bytes.concat(keccak256(abi.encode(id, outcome, value, confidenceBps, evidenceRoot))));
        require(MerkleProof.verifyCalldata(proof, slot.root, leaf), OracleLeafNotInRoot(leaf));
    }

    function _isInSchema(QuestionSpec calldata spec, Outcome outcome, bytes32 value, uint16 confidenceBps)
        private
        pure
        returns (bool)
    {
        if (confidenceBps > 10_000) return false;
        if (outcome != Outcome.ANSWERED) return value == 0;
        if (spec.kind == 3) {
            uint256 sum = 0;
            for (uint256 i = 0; i < 16; ++i) {
                sum += uint16(uint256(value) >> (16 * i));
            }
            return sum == 10_000;
        }
        int256 number = int256(uint256(value));
        if (spec.kind == 0) return number == 0 || number == 1;
        if (spec.kind == 1) return number >= 0 && number <= spec.high;
        return number >= spec.low && number <= spec.high;
    }

    function _isFinal(QuestionSlot memory slot, uint32 liveness) private view returns (bool) {
        return slot.status == Status.FINAL
            || (slot.status == Status.ACCEPTED && block.timestamp >= uint256(slot.acceptedAt) + liveness);
    }

    function _disputable(QuestionId id, uint32 liveness) private view returns (QuestionSlot memory slot) {
        slot = _questions[id];
        require(slot.status == Status.ACCEPTED, OracleStatus(id, slot.status, Status.ACCEPTED));
        uint256 finalAt = uint256(slot.acceptedAt) + liveness;
        require(block.timestamp < finalAt, OracleTooLate(block.timestamp, finalAt));
    }

    function _valueOf(uint8 kind, QuestionId id, int64 answer) private view returns (bytes32) {
        return kind == 3 ? _vectors[id] : bytes32(uint256(int256(answer)));
    }

    function _slash(uint16 epoch, uint64 mask, bytes32 reason, address beneficiary) private {
        (bytes32 digest, uint64 marked) = reporterSet.slash(epoch, mask, beneficiary);
        emit ReportersSlashed(digest, marked, reason, beneficiary);
    }

    function _hear(
        QuestionSpec calldata spec,
        QuestionId id,
        uint40 observedTo,
        SignedStatement[] calldata statements
    ) private {
        for (uint256 i = 0; i < statements.length; ++i) {
            Statement calldata said = statements[i].statement;
            require(
                said.topic == spec.topic && said.subject == spec.subject,
                OracleForeignStatement(said.topic, said.subject)
            );
            require(said.observedAt <= observedTo, OracleTooLate(said.observedAt, observedTo));
            bytes32 digest = _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        STATEMENT_TYPEHASH, said.topic, said.subject, said.value, said.detail, said.observedAt
                    )
                )
            );
            address source = ECDSA.recover(digest, statements[i].signature);
            require(reporterSet.isSource(source, spec.topic), OracleNotSource(source));
            Said storage newest = _said[id][source];
            if (said.observedAt > newest.observedAt) {
                newest.value = said.value;
                newest.observedAt = said.observedAt;
            }
            emit EvidenceAdded(id, source, said.value, said.detail, said.observedAt, msg.sender);
        }
    }

    /// The value that most sources' newest statements give, when at least two do and no other value has as many.
    function _tally(bytes32 topic, QuestionId id) private view returns (bool isDecided, int64 decided) {
        address[] memory list = reporterSet.sources(topic);
        uint256 most = 0;
        for (uint256 i = 0; i < list.length; ++i) {
            Said memory one = _said[id][list[i]];
            if (one.observedAt == 0) continue;
            uint256 votes = 0;
            for (uint256 j = 0; j < list.length; ++j) {
                Said memory other = _said[id][list[j]];
                if (other.observedAt != 0 && other.value == one.value) ++votes;
            }
            if (votes > most) {
                (most, decided, isDecided) = (votes, one.value, votes >= AGREEING_SOURCES);
            } else if (votes == most && one.value != decided) {
                isDecided = false;
            }
        }
    }

    function _reportDigest(bytes32 digestOfSet, Report calldata report) private view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REPORT_TYPEHASH,
                    digestOfSet,
                    report.round,
                    report.observedFrom,
                    report.observedTo,
                    report.root,
                    report.dataDigest
                )
            )
        );
    }

    function _equivocation(
        uint16 epoch,
        uint8 reporter,
        Report calldata first,
        bytes calldata firstSignature,
        Report calldata second,
        bytes calldata secondSignature
    ) private {
        address keys = reporterSet.keysOf(epoch);
        (bytes32 digestOfSet,,) = Quorum.load(keys);
        address key = Quorum.keyAt(keys, reporter);
        bytes32 one = _reportDigest(digestOfSet, first);
        bytes32 two = _reportDigest(digestOfSet, second);
        bool isProved = first.round == second.round && one != two && key != address(0)
            && Quorum.recover(one, firstSignature) == key && Quorum.recover(two, secondSignature) == key;
        require(isProved, OracleNotEquivocation(reporter));
        _slash(epoch, uint64(1) << reporter, "equivocation", msg.sender);
    }
}
