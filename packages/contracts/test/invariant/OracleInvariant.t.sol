// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ModelId } from "../../src/models/IModelRegistry.sol";
import {
    Answer,
    Outcome,
    QuestionId,
    QuestionSpec,
    SignedStatement,
    Status
} from "../../src/oracle/IOracle.sol";
import { OracleFixture } from "../oracle/OracleFixture.sol";

/// Drives a whole oracle: asks, reports right and wrong answers, disputes, resolves, collects, settles, in any order.
contract OracleHandler is OracleFixture {
    QuestionSpec[] private specs;
    mapping(QuestionId => uint256) public accepted;
    mapping(QuestionId => uint256) public collected;
    mapping(QuestionId => bool) private reportedFinal;
    uint256 public calls;
    uint256 public finals;
    uint256 public disputes;
    uint256 public openBonds;
    /// Set when a final answer changed afterwards.
    bool public finalAnswerChanged;
    mapping(QuestionId => bytes32) private finalAnswer;
    ModelId private model;

    modifier counted() {
        ++calls;
        _;
    }

    constructor() {
        deploy(4);
        model = models.register(hex"4c494d3100010100010000000100000000", 0);
        // Questions to begin with: otherwise a run that never draws `ask` would exercise nothing.
        for (uint8 i = 0; i < 4; ++i) {
            ask(40 * i, i % 2 == 0);
        }
        calls = 0;
    }

    function ask(uint8 liveness, bool ofModel) public counted {
        QuestionSpec memory s = spec(2, 0, 100);
        s.liveness = uint32(bound(liveness, 1, 120));
        if (ofModel) {
            s.modelId = ModelId.unwrap(model);
            s.inputHash = keccak256(hex"07");
        }
        if (oracle.prepaidOf(address(this)) < 50_000) oracle.prepay(address(this), 1e6);
        oracle.ask(s);
        specs.push(s);
    }

    function report(uint256 pick, uint8 value, uint8 outcome) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.PENDING);
        if (!found || block.timestamp > s.answerBy) return;
        vm.warp(block.timestamp + 1);
        if (block.timestamp > s.answerBy) return;
        Outcome kind = Outcome(outcome % 3);
        accept(s, kind, kind == Outcome.ANSWERED ? bytes32(uint256(value % 9)) : bytes32(0));
        if (kind != Outcome.TOO_EARLY) ++accepted[id];
    }

    function finalize(uint256 pick) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.ACCEPTED);
        if (!found) return;
        uint256 finalAt = uint256(oracle.answerOf(id).acceptedAt) + s.liveness;
        if (block.timestamp < finalAt) vm.warp(finalAt);
        oracle.finalize(s);
        ++finals;
    }

    function cancel(uint256 pick) external counted {
        (bool found, QuestionSpec memory s,) = _pick(pick, Status.PENDING);
        if (!found) return;
        if (block.timestamp <= s.answerBy) vm.warp(s.answerBy + 1);
        oracle.cancel(s);
    }

    function disputeModel(uint256 pick) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _disputable(pick);
        if (!found || s.modelId == 0) return;
        Answer memory a = oracle.answerOf(id);
        if (a.outcome == Outcome.ANSWERED && a.value == bytes32(uint256(7))) return;
        ++disputes;
        vm.prank(challenger);
        oracle.disputeModel(s, hex"07");
    }

    function disputeEvidence(uint256 pick, uint8 sources, uint8 value) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _disputable(pick);
        if (!found || s.modelId != 0) return;
        Answer memory a = oracle.answerOf(id);
        int64 said = int64(uint64(value % 9));
        if (a.outcome == Outcome.ANSWERED && a.value == bytes32(uint256(uint64(said)))) return;
        if (token.balanceOf(challenger) < 50e6) fund(challenger, 1_000e6);
        ++disputes;
        SignedStatement[] memory list = new SignedStatement[](1 + (sources % 3));
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = statementOf(s, i, said, s.opensAt);
        }
        vm.prank(challenger);
        oracle.disputeEvidence(s, list);
        openBonds += 50e6;
    }

    function defend(uint256 pick, uint8 source) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.DISPUTED);
        if (!found || block.timestamp >= oracle.disputeOf(id).defendBy) return;
        SignedStatement[] memory list = new SignedStatement[](1);
        list[0] = statementOf(s, source % 4, int64(uint64(uint256(oracle.answerOf(id).value))), s.opensAt);
        oracle.addEvidence(s, list);
    }

    function resolve(uint256 pick) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.DISPUTED);
        if (!found) return;
        uint40 defendBy = oracle.disputeOf(id).defendBy;
        if (block.timestamp < defendBy) vm.warp(defendBy);
        oracle.resolveEvidence(s);
        openBonds -= 50e6;
        ++finals;
    }

    function collect(uint256 pick, uint8 reporter) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.FINAL);
        if (!found) return;
        uint8 index = reporter % 4;
        Answer memory a = oracle.answerOf(id);
        QuestionSpec[] memory list = new QuestionSpec[](1);
        list[0] = s;
        uint256 before = oracle.prepaidOf(vm.addr(keys[index]));
        if ((a.signers >> index) & 1 == 0) return;
        try oracle.collectRewards(1, index, list) {
            collected[id] += oracle.prepaidOf(vm.addr(keys[index])) - before;
        } catch { }
    }

    function returnFee(uint256 pick) external counted {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.FINAL);
        Answer memory a = oracle.answerOf(id);
        if (!found || a.signers != 0 || a.round == 0) return;
        oracle.returnFee(s);
    }

    function settle() external counted {
        if (oracle.slashedOf(1) == 0) return;
        set.settleSlash(1, 0);
        vm.prank(challenger);
        set.withdraw(challenger);
    }

    function withdrawPrepaid(uint96 amount) external counted {
        uint256 held = oracle.prepaidOf(challenger);
        if (held == 0) return;
        vm.prank(challenger);
        oracle.withdrawPrepaid(bound(amount, 0, held), challenger);
    }

    function owedByOracle() external view returns (uint256 owed) {
        owed = oracle.prepaidOf(address(this)) + oracle.prepaidOf(challenger) + oracle.prepaidOf(steward)
            + openBonds;
        for (uint256 i = 0; i < 4; ++i) {
            owed += oracle.prepaidOf(vm.addr(keys[i]));
        }
        for (uint256 i = 0; i < specs.length; ++i) {
            QuestionId id = oracle.questionIdOf(specs[i]);
            Answer memory a = oracle.answerOf(id);
            if (a.status == Status.CANCELLED) continue;
            if (a.status == Status.FINAL && a.signers == 0 && a.round == 0) continue;
            owed += 50_000 - collected[id];
        }
    }

    function owedBySet() external view returns (uint256 owed) {
        owed = set.owedTo(challenger) + set.owedTo(steward);
        for (uint256 i = 0; i < 4; ++i) {
            owed += set.bondOf(vm.addr(keys[i]));
        }
    }

    function held() external view returns (uint256 byOracle, uint256 bySet) {
        return (token.balanceOf(address(oracle)), token.balanceOf(address(set)));
    }

    /// Most times that one question was accepted.
    function mostAccepted() external view returns (uint256 most) {
        for (uint256 i = 0; i < specs.length; ++i) {
            uint256 times = accepted[oracle.questionIdOf(specs[i])];
            if (times > most) most = times;
        }
    }

    /// Remembers each final answer when first seen and notices when it differs later.
    function checkFinals() external {
        for (uint256 i = 0; i < specs.length; ++i) {
            QuestionId id = oracle.questionIdOf(specs[i]);
            Answer memory a = oracle.answerOf(id);
            if (a.status != Status.FINAL) {
                if (reportedFinal[id]) finalAnswerChanged = true;
                continue;
            }
            bytes32 now_ = keccak256(abi.encode(a.outcome, a.value));
            if (reportedFinal[id] && finalAnswer[id] != now_) finalAnswerChanged = true;
            (reportedFinal[id], finalAnswer[id]) = (true, now_);
        }
    }

    function _disputable(uint256 pick) private view returns (bool, QuestionSpec memory, QuestionId) {
        (bool found, QuestionSpec memory s, QuestionId id) = _pick(pick, Status.ACCEPTED);
        bool isOpen = found && block.timestamp < uint256(oracle.answerOf(id).acceptedAt) + s.liveness;
        return (isOpen, s, id);
    }

    /// The first question in that status, searched from a random place.
    function _pick(uint256 pick, Status wanted)
        private
        view
        returns (bool, QuestionSpec memory s, QuestionId id)
    {
        uint256 count = specs.length;
        for (uint256 i = 0; i < count; ++i) {
            s = specs[(pick % count + i) % count];
            id = oracle.questionIdOf(s);
            if (oracle.answerOf(id).status == wanted) return (true, s, id);
        }
        return (false, s, id);
    }
}

contract OracleInvariantTest is OracleFixture {
    OracleHandler private handler;

    function setUp() external {
        handler = new OracleHandler();
        targetContract(address(handler));
    }

    /// To the unit: prepaid balances, fees of questions not yet paid out, and open dispute bonds are what is held.
    function invariant_oracleHoldsExactlyWhatItOwes() external view {
        (uint256 held,) = handler.held();
        vm.assertEq(held, handler.owedByOracle());
    }

    function invariant_setHoldsWhatItOwes() external view {
        (, uint256 held) = handler.held();
        vm.assertGe(held, handler.owedBySet());
    }

    function invariant_noQuestionIsAcceptedTwice() external view {
        vm.assertLe(handler.mostAccepted(), 1);
    }

    function invariant_finalStaysFinal() external {
        handler.checkFinals();
        vm.assertFalse(handler.finalAnswerChanged());
    }

    /// Every verb of the handler can reach what it is for; otherwise the invariants above would hold for nothing.
    function test_handlerReachesEveryEnd() external {
        // Questions 0 and 2 are a model's, 1 and 3 are not.
        handler.report(0, 8, 0);
        handler.disputeModel(0);
        handler.returnFee(0);
        handler.settle();
        vm.assertEq(handler.disputes(), 1);
        handler.report(1, 3, 0);
        handler.disputeEvidence(1, 1, 4);
        vm.assertEq(handler.openBonds(), 50e6);
        handler.defend(1, 2);
        handler.resolve(1);
        vm.assertEq(handler.openBonds(), 0);
        handler.withdrawPrepaid(type(uint96).max);
        handler.report(2, 3, 1);
        handler.finalize(2);
        handler.collect(2, 0);
        vm.assertEq(handler.finals(), 2);
        handler.cancel(3);
        handler.ask(9, false);
        handler.report(4, 3, 2);
        vm.assertEq(handler.mostAccepted(), 1);
        (uint256 held,) = handler.held();
        vm.assertEq(held, handler.owedByOracle());
    }

    function afterInvariant() external view {
        vm.assertGt(handler.calls(), 0);
    }
}
