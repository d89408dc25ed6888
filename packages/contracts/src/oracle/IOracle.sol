// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// keccak256(abi.encode(chainid, oracle, spec)).
type QuestionId is bytes32;

/// What is asked. Only its hash is stored: callers pass the whole spec again with each call.
struct QuestionSpec {
    address asker;
    /// 0 YES_NO (0..1), 1 CHOICE (0..high), 2 INTEGER (low..high), 3 VECTOR (16 uint16 that sum to 10,000).
    uint8 kind;
    int64 low;
    int64 high;
    /// What family of facts, e.g. keccak256("lichen.flight-status.v1"); the evidence rung compares statements of it.
    bytes32 topic;
    bytes32 subject;
    /// Zero, or the registered integer model whose output on `inputHash` is the answer: disputes re-execute it.
    bytes32 modelId;
    bytes32 inputHash;
    /// No answer counts before this moment.
    uint40 opensAt;
    /// After this moment an unanswered question can be cancelled by anyone.
    uint40 answerBy;
    /// Seconds from ACCEPTED to FINAL.
    uint32 liveness;
    /// Gas for `onAnswer` on the asker; 0 = no callback.
    uint32 callbackGas;
    uint64 salt;
}

enum Outcome {
    ANSWERED,
    UNRESOLVED,
    TOO_EARLY
}

enum Status {
    NONE,
    PENDING,
    ACCEPTED,
    DISPUTED,
    FINAL,
    CANCELLED
}

/// One round's head, signed by a quorum. See protocol/src/oracle/report.ts for the EIP-712 type.
struct Report {
    uint40 round;
    uint40 observedFrom;
    uint40 observedTo;
    bytes32 root;
    bytes32 dataDigest;
}

struct Answer {
    Status status;
    Outcome outcome;
    bytes32 value;
    uint16 confidenceBps;
    uint40 acceptedAt;
    uint40 round;
    /// Bit i = reporter i of the round's set signed.
    uint64 signers;
}

/// A source's signed word (EIP-712 `Statement`, domain of the Oracle).
struct Statement {
    bytes32 topic;
    bytes32 subject;
    int64 value;
    int64 detail;
    uint40 observedAt;
}

struct SignedStatement {
    Statement statement;
    bytes signature;
}

/// @title Questions, rounds, disputes.
interface IOracle {
    event QuestionAsked(
        QuestionId indexed id, address indexed asker, bytes32 indexed topic, QuestionSpec spec, uint256 fee
    );
    event RoundReported(
        uint40 indexed round,
        bytes32 root,
        bytes32 dataDigest,
        uint64 signers,
        uint40 observedFrom,
        uint40 observedTo
    );
    event AnswerAccepted(
        QuestionId indexed id,
        uint40 indexed round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot
    );
    event AnswerTooEarly(QuestionId indexed id, uint40 indexed round);
    event AnswerFinal(QuestionId indexed id, Outcome outcome, bytes32 value);
    event CallbackFailed(QuestionId indexed id, address indexed asker);
    event QuestionCancelled(QuestionId indexed id, uint256 feeReturned);
    event DisputeOpened(QuestionId indexed id, address indexed challenger, uint8 rung, uint40 defendBy);
    /// `value` is the answer after the dispute; `overturned` tells whether it changed.
    event DisputeResolved(QuestionId indexed id, uint8 rung, bool overturned, Outcome outcome, bytes32 value);
    /// `reporters` are those newly marked of that epoch's set; ReporterSet.settleSlash moves their bonds.
    event ReportersSlashed(uint16 indexed epoch, uint64 reporters, bytes32 reason, address beneficiary);
    event EvidenceAdded(
        QuestionId indexed id,
        address indexed source,
        int64 value,
        int64 detail,
        uint40 observedAt,
        address from
    );
    event Prepaid(address indexed account, address indexed from, uint256 amount);
    event PrepaidWithdrawn(address indexed account, address indexed to, uint256 amount);
    event RewardsCollected(address indexed reporter, uint256 questions, uint256 amount);
    event FeeReturned(QuestionId indexed id, address indexed asker, uint256 amount);
    event SetFollowed(uint16 indexed epoch, address keys);

    /// Fee in base units of the oracle's token for this spec.
    function quote(QuestionSpec calldata spec) external view returns (uint256 fee);
    /// Adds to the caller-chosen account's prepaid fees (so that asking costs one storage write, not a transfer).
    function prepay(address account, uint256 amount) external;
    function prepaidOf(address account) external view returns (uint256);
    function withdrawPrepaid(uint256 amount, address to) external;
    /// The asker (msg.sender) must equal spec.asker; the fee is taken from its prepaid balance.
    function ask(QuestionSpec calldata spec) external returns (QuestionId id);
    /// After `answerBy` with nothing accepted: anyone; the fee returns to the asker's prepaid balance.
    function cancel(QuestionSpec calldata spec) external;

    function submit(Report calldata report, uint256 bitmap, bytes calldata signatures) external;
    /// Proves one leaf of a stored round and accepts it. Schema and bounds are checked here (rung 0).
    function accept(
        QuestionSpec calldata spec,
        uint40 round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot,
        bytes32[] calldata proof
    ) external;
    /// After liveness: marks FINAL and calls the asker back with bounded gas; never reverts because of the asker.
    function finalize(QuestionSpec calldata spec) external;
    /// Credits one reporter's share of the fees of final answers it signed to its prepaid balance. Anyone.
    function collectRewards(uint16 epoch, uint8 reporterIndex, QuestionSpec[] calldata specs) external;
    /// Returns the fee of an answer that a dispute changed to the asker's prepaid balance. Anyone.
    function returnFee(QuestionSpec calldata spec) external;
    /// ReporterSet only: the keys that verify reports from now on.
    function followSet(uint16 epoch, address keys) external;
    /// The final answer, for consumers that pull. Treats ACCEPTED past its liveness as FINAL. Reverts when there is none.
    function claim(QuestionSpec calldata spec) external view returns (Outcome outcome, bytes32 value);
    function answerOf(QuestionId id) external view returns (Answer memory);
    function questionIdOf(QuestionSpec calldata spec) external view returns (QuestionId);
    /// All members of that epoch's set who are marked as slashed.
    function slashedOf(uint16 epoch) external view returns (uint64);
    /// Who is owed half of whose bonds, by one entry of an epoch's marks.
    function slashEntryOf(uint16 epoch, uint8 entry)
        external
        view
        returns (address beneficiary, uint64 reporters);
    function lastRound() external view returns (uint40);
    function lastReportAt() external view returns (uint40);
    function configDigest() external view returns (bytes32);

    /// Rung 0 for what a quorum signed out of schema: proves the leaf and slashes its signers.
    function disputeSchema(
        QuestionSpec calldata spec,
        uint40 round,
        Outcome outcome,
        bytes32 value,
        uint16 confidenceBps,
        bytes32 evidenceRoot,
        bytes32[] calldata proof
    ) external;
    /// Rung 1: runs the model on the chain; a wrong answer is replaced by the right one and its signers are slashed.
    function disputeModel(QuestionSpec calldata spec, bytes calldata input) external;
    /// Rung 2: statements of registered sources, each with observedAt <= the report's observedTo; the caller posts a bond.
    function disputeEvidence(QuestionSpec calldata spec, SignedStatement[] calldata statements) external;
    /// Adds statements for either side until defendBy; per source the newest counts, and none where it said
    /// two values of one moment.
    function addEvidence(QuestionSpec calldata spec, SignedStatement[] calldata statements) external;
    /// After defendBy: two sources for another value overturn and slash; two for the answer confirm; else UNRESOLVED.
    function resolveEvidence(QuestionSpec calldata spec) external;
    /// One reporter signed two different reports for one round of the set in force: slashed.
    function slashEquivocation(
        uint8 reporter,
        Report calldata first,
        bytes calldata firstSignature,
        Report calldata second,
        bytes calldata secondSignature
    ) external;
    /// The same for an earlier set.
    function slashPastEquivocation(
        uint16 epoch,
        uint8 reporter,
        Report calldata first,
        bytes calldata firstSignature,
        Report calldata second,
        bytes calldata secondSignature
    ) external;
}

/// @title What an asker implements to be called back.
interface IAnswerReceiver {
    /// Called by the oracle only, with `callbackGas`; may revert without harm (pull with `claim`).
    function onAnswer(QuestionId id, bytes32 subject, Outcome outcome, bytes32 value) external;
}
