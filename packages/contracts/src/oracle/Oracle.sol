// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { LibBit } from "solady/utils/LibBit.sol";
import { IModelRegistry, ModelId } from "../models/IModelRegistry.sol";
import { ModelProgram } from "../models/ModelProgram.sol";
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

    /// In storage 8 + 8 + 64 + 32 + 32 + 16 + 64 + 16 + 16 = 256 bits from the right, packed by hand: the compiler writes
    /// such a struct field by field, at 200 gas and more a field. Seconds and rounds (at most one a second) fit 32 bits
    /// to 2106.
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

    struct Round {
        bytes32 root;
        /// signers u64 | round u40 << 64 | observedTo u40 << 104 | epoch u16 << 144.
        uint256 packed;
    }

    /// A round as it is used in memory.
    struct RoundSlot {
        bytes32 root;
        uint64 signers;
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
        /// It said two things of the same moment: its word counts for neither.
        bool isTorn;
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
    uint256 private constant USED = 1 << 255;
    /// Of a question's slot: everything but status, outcome, answer (bits 0 to 79) and signers (160 to 223).
    uint256 private constant KEPT_BY_MODEL = ~uint256(((1 << 80) - 1) | (((1 << 64) - 1) << 160));
    uint8 private constant RUNG_SCHEMA = 0;
    uint8 private constant RUNG_MODEL = 1;
    uint8 private constant RUNG_EVIDENCE = 2;

    IERC20 public immutable token;
    IReporterSet public immutable reporterSet;
    IModelRegistry public immutable models;

    Head private _head;
    mapping(uint256 index => Round) private _ring;
    /// QuestionSlot, packed.
    mapping(QuestionId id => uint256) private _questions;
    /// By epoch << 8 | entry: beneficiary (160 bits) | reporters u64 << 160 | number of entries u8 << 224 (in entry 0 only)
    /// | 1 << 255. Entry 0 is written when a set comes into force, so that slashing rewrites a slot instead of filling an
    /// empty one (5,000 gas, not 22,100). Bonds lie in ReporterSet, which reads these marks: they count as zero at once.
    mapping(uint256 key => uint256) private _slashes;
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
        require(_questions[id] == 0, OracleAlreadyAsked(id));
        uint256 held = prepaidOf[msg.sender];
        require(held >= FEE, OraclePrepaidTooSmall(held, FEE));
        prepaidOf[msg.sender] = held - FEE;
        _questions[id] = uint256(Status.PENDING);
        emit QuestionAsked(id, msg.sender, spec.topic, spec, FEE);
    }

    /// @inheritdoc IOracle
    function cancel(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        _wordAs(id, Status.PENDING);
        require(block.timestamp > spec.answerBy, OracleTooSoon(block.timestamp, spec.answerBy));
        _questions[id] = uint256(Status.CANCELLED);
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
        Round storage kept = _ring[report.round % RING];
        kept.root = report.root;
        kept.packed = bitmap | (uint256(report.round) << 64) | (uint256(report.observedTo) << 104)
            | (uint256(head.epoch) << 144);
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
        _wordAs(id, Status.PENDING);
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
        QuestionSlot memory question = QuestionSlot({
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
        _store(id, question);
        emit AnswerAccepted(id, round, outcome, value, confidenceBps, evidenceRoot);
    }

    /// @inheritdoc IOracle
    function finalize(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _loadAs(id, Status.ACCEPTED);
        uint256 finalAt = uint256(slot.acceptedAt) + spec.liveness;
        require(block.timestamp >= finalAt, OracleTooSoon(block.timestamp, finalAt));
        _finish(spec, id, slot);
    }

    /// @inheritdoc IOracle
    function collectRewards(uint16 epoch, uint8 reporterIndex, QuestionSpec[] calldata specs) external {
        address reporter = Quorum.keyAt(reporterSet.keysOf(epoch), reporterIndex);
        uint64 bit = uint64(1) << reporterIndex;
        uint256 amount = 0;
        for (uint256 i = 0; i < specs.length; ++i) {
            QuestionId id = questionIdOf(specs[i]);
            QuestionSlot memory slot = _load(id);
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
        QuestionSlot memory slot = _load(id);
        bool isDue = slot.status == Status.FINAL && slot.signers == 0 && slot.round != 0;
        require(isDue, OracleNothingDue(id));
        // Round zero marks a fee that went back: no real round has that number.
        slot.round = 0;
        _store(id, slot);
        prepaidOf[spec.asker] += FEE;
        emit FeeReturned(id, spec.asker, FEE);
    }

    /// @inheritdoc IOracle
    function followSet(uint16 epoch, address keys) external {
        require(msg.sender == address(reporterSet), OracleOnlySet(msg.sender, address(reporterSet)));
        if (keys != address(0) && _slashes[uint256(epoch) << 8] == 0) _slashes[uint256(epoch) << 8] = USED;
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
        require(_questions[id] != 0, OracleStatus(id, Status.NONE, Status.PENDING));
        require(!_isInSchema(spec, outcome, value, confidenceBps), OracleInSchema(id, value));
        _slash(slot.epoch, slot.signers, "schema", msg.sender);
        emit DisputeResolved(id, RUNG_SCHEMA, false, outcome, value);
    }

    /// @inheritdoc IOracle
    function disputeModel(QuestionSpec calldata spec, bytes calldata input) external {
        QuestionId id = questionIdOf(spec);
        // On the packed word: unpacking nine fields and packing them again is a hundredth of the whole transaction.
        uint256 slot = _disputable(id, spec.liveness);
        require(spec.modelId != 0, OracleNoModel(id));
        bytes32 inputHash = keccak256(input);
        require(inputHash == spec.inputHash, OracleWrongInput(inputHash, spec.inputHash));
        int256 right = ModelProgram.infer(address(models), ModelId.wrap(spec.modelId), input);
        Outcome outcome = Outcome.ANSWERED;
        if (right < spec.low || right > spec.high) (outcome, right) = (Outcome.UNRESOLVED, int256(0));
        uint256 word = (uint256(outcome) << 8) | (uint256(uint64(int64(right))) << 16);
        // Outcome and answer, 72 bits from bit 8.
        require((slot ^ word) << 176 >> 184 != 0, OracleAnswerStands(id));
        // UNRESOLVED is replaced but not punished: the reporters may not have known the input.
        if (uint8(slot >> 8) == uint8(Outcome.ANSWERED)) {
            _slash(uint16(slot >> 240), uint64(slot >> 160), "model", msg.sender);
        }
        _questions[id] = (slot & KEPT_BY_MODEL) | word | uint256(Status.FINAL);
        bytes32 value = bytes32(uint256(right));
        emit DisputeResolved(id, RUNG_MODEL, true, outcome, value);
        _announce(spec, id, outcome, value);
    }

    /// @inheritdoc IOracle
    function disputeEvidence(QuestionSpec calldata spec, SignedStatement[] calldata statements) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _unpack(_disputable(id, spec.liveness));
        require(spec.kind != 3 && spec.modelId == 0, OracleBadSpec("kind"));
        uint40 observedTo = slot.acceptedAt - slot.age;
        uint40 defendBy =
            uint40(block.timestamp) + (spec.liveness > MIN_DEFENCE ? spec.liveness : MIN_DEFENCE);
        slot.status = Status.DISPUTED;
        _store(id, slot);
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
        _wordAs(id, Status.DISPUTED);
        Dispute memory dispute = _disputes[id];
        require(block.timestamp < dispute.defendBy, OracleTooLate(block.timestamp, dispute.defendBy));
        _hear(spec, id, dispute.observedTo, statements);
    }

    /// @inheritdoc IOracle
    function resolveEvidence(QuestionSpec calldata spec) external {
        QuestionId id = questionIdOf(spec);
        QuestionSlot memory slot = _loadAs(id, Status.DISPUTED);
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
        delete _disputes[id];
        // Credited, not sent: no recipient can block the end of a dispute.
        if (stands) prepaidOf[reporterSet.steward()] += DISPUTE_BOND - DISPUTE_BOND / 2;
        else prepaidOf[dispute.challenger] += DISPUTE_BOND;
        emit DisputeResolved(id, RUNG_EVIDENCE, !stands, slot.outcome, bytes32(uint256(int256(slot.answer))));
        if (stands) token.safeTransfer(BURNED, DISPUTE_BOND / 2);
        _finish(spec, id, slot);
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
        QuestionSlot memory slot = _load(id);
        require(_isFinal(slot, spec.liveness), OracleStatus(id, slot.status, Status.FINAL));
        return (slot.outcome, _valueOf(spec.kind, id, slot.answer));
    }

    /// @inheritdoc IOracle
    function answerOf(QuestionId id) external view returns (Answer memory) {
        QuestionSlot memory slot = _load(id);
        bytes32 vector = _vectors[id];
        bytes32 value = vector != 0 ? vector : bytes32(uint256(int256(slot.answer)));
        return Answer(
            slot.status, slot.outcome, value, slot.confidenceBps, slot.acceptedAt, slot.round, slot.signers
        );
    }

    /// @inheritdoc IOracle
    function questionIdOf(QuestionSpec calldata spec) public view returns (QuestionId id) {
        // keccak256(abi.encode(block.chainid, address(this), spec)), copied whole: the spec is 13 static words. Words with
        // dirty upper bits give the id of no question that can be used, since every field is checked where it is read.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, chainid())
            mstore(add(free, 0x20), address())
            calldatacopy(add(free, 0x40), spec, 0x1a0)
            id := keccak256(free, 0x1e0)
        }
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

    /// @inheritdoc IOracle
    function slashedOf(uint16 epoch) external view returns (uint64) {
        uint256 key = uint256(epoch) << 8;
        return _slashedOf(key, _slashes[key]);
    }

    /// @inheritdoc IOracle
    function slashEntryOf(uint16 epoch, uint8 entry)
        external
        view
        returns (address beneficiary, uint64 reporters)
    {
        uint256 packed = _slashes[(uint256(epoch) << 8) | entry];
        return (address(uint160(packed)), uint64(packed >> 160));
    }

    /// The evidence dispute of a question, zeros when there is none.
    function disputeOf(QuestionId id) external view returns (Dispute memory) {
        return _disputes[id];
    }

    /// FINAL, event, bounded callback.
    function _finish(QuestionSpec calldata spec, QuestionId id, QuestionSlot memory slot) private {
        slot.status = Status.FINAL;
        _store(id, slot);
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
        Round storage kept = _ring[round % RING];
        uint256 packed = kept.packed;
        require(uint40(packed >> 64) == round && round != 0, OracleRoundGone(round));
        slot = RoundSlot(kept.root, uint64(packed), uint40(packed >> 104), uint16(packed >> 144));
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

    /// The packed slot of an answer that may still be disputed.
    function _disputable(QuestionId id, uint32 liveness) private view returns (uint256 slot) {
        slot = _wordAs(id, Status.ACCEPTED);
        uint256 finalAt = uint256(uint32(slot >> 80)) + liveness;
        require(block.timestamp < finalAt, OracleTooLate(block.timestamp, finalAt));
    }

    function _valueOf(uint8 kind, QuestionId id, int64 answer) private view returns (bytes32) {
        return kind == 3 ? _vectors[id] : bytes32(uint256(int256(answer)));
    }

    /// Marks those in `mask` who were not marked before; one write unless another beneficiary came first.
    function _slash(uint16 epoch, uint64 mask, bytes32 reason, address beneficiary) private {
        uint256 key = uint256(epoch) << 8;
        uint256 head = _slashes[key];
        uint256 entries = uint8(head >> 224);
        uint64 marked = mask & ~_slashedOf(key, head);
        if (marked != 0) {
            if (entries == 0 || address(uint160(head)) == beneficiary) {
                uint256 reporters = uint64(head >> 160) | marked;
                uint256 count = entries == 0 ? 1 : entries;
                _slashes[key] = uint256(uint160(beneficiary)) | (reporters << 160) | (count << 224) | USED;
            } else {
                // Each entry marks at least one more of 64 members: the list stays short.
                _slashes[key + entries] = uint256(uint160(beneficiary)) | (uint256(marked) << 160) | USED;
                _slashes[key] = head + (1 << 224);
            }
        }
        emit ReportersSlashed(epoch, marked, reason, beneficiary);
    }

    function _slashedOf(uint256 key, uint256 head) private view returns (uint64 mask) {
        mask = uint64(head >> 160);
        uint256 entries = uint8(head >> 224);
        for (uint256 entry = 1; entry < entries; ++entry) {
            mask |= uint64(_slashes[key + entry] >> 160);
        }
    }

    function _load(QuestionId id) private view returns (QuestionSlot memory) {
        return _unpack(_questions[id]);
    }

    function _loadAs(QuestionId id, Status wanted) private view returns (QuestionSlot memory) {
        return _unpack(_wordAs(id, wanted));
    }

    function _wordAs(QuestionId id, Status wanted) private view returns (uint256 packed) {
        packed = _questions[id];
        Status got = Status(uint8(packed));
        require(got == wanted, OracleStatus(id, got, wanted));
    }

    function _unpack(uint256 packed) private pure returns (QuestionSlot memory slot) {
        slot.status = Status(uint8(packed));
        slot.outcome = Outcome(uint8(packed >> 8));
        slot.answer = int64(uint64(packed >> 16));
        slot.acceptedAt = uint32(packed >> 80);
        slot.round = uint32(packed >> 112);
        slot.age = uint16(packed >> 144);
        slot.signers = uint64(packed >> 160);
        slot.confidenceBps = uint16(packed >> 224);
        slot.epoch = uint16(packed >> 240);
    }

    function _store(QuestionId id, QuestionSlot memory slot) private {
        _questions[id] = uint256(slot.status) | (uint256(slot.outcome) << 8)
            | (uint256(uint64(slot.answer)) << 16) | (uint256(slot.acceptedAt) << 80)
            | (uint256(slot.round) << 112) | (uint256(slot.age) << 144) | (uint256(slot.signers) << 160)
            | (uint256(slot.confidenceBps) << 224) | (uint256(slot.epoch) << 240);
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
                newest.isTorn = false;
            } else if (said.observedAt == newest.observedAt && said.value != newest.value) {
                // Whoever could choose which of the two is heard could make honest signers look guilty.
                newest.isTorn = true;
            }
            emit EvidenceAdded(id, source, said.value, said.detail, said.observedAt, msg.sender);
        }
    }

    /// The value that most sources' newest statements give, when at least two do and no other value has as many. A source
    /// that said two values of one moment has said nothing.
    function _tally(bytes32 topic, QuestionId id) private view returns (bool isDecided, int64 decided) {
        address[] memory list = reporterSet.sources(topic);
        uint256 most = 0;
        for (uint256 i = 0; i < list.length; ++i) {
            Said memory one = _said[id][list[i]];
            if (one.observedAt == 0 || one.isTorn) continue;
            uint256 votes = 0;
            for (uint256 j = 0; j < list.length; ++j) {
                Said memory other = _said[id][list[j]];
                if (other.observedAt != 0 && !other.isTorn && other.value == one.value) ++votes;
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
