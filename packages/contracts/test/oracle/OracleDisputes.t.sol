// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ModelId } from "../../src/models/IModelRegistry.sol";
import {
    IOracle,
    Outcome,
    QuestionId,
    QuestionSpec,
    Report,
    SignedStatement,
    Status
} from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Schema, model, evidence, equivocation: who is slashed, who is paid, and who is left alone.
contract OracleDisputesTest is OracleFixture {
    uint256 private constant DISPUTE_BOND = 50e6;
    bytes private constant INPUT = hex"2a";
    ModelId private model;

    function setUp() external {
        deploy(5);
        // One input, one output, weight 1: the model's answer is its input.
        model = models.register(hex"4c494d3100010100010000000100000000", 0);
    }

    function _modelSpec() private returns (QuestionSpec memory s) {
        s = spec(2, 0, 100);
        s.modelId = ModelId.unwrap(model);
        s.inputHash = keccak256(INPUT);
    }

    function _evidence(QuestionSpec memory s, int64[3] memory values)
        private
        view
        returns (SignedStatement[] memory list)
    {
        list = new SignedStatement[](3);
        for (uint256 i = 0; i < 3; ++i) {
            list[i] = statementOf(s, i, values[i], block.timestamp - 1);
        }
    }

    function _one(SignedStatement memory statement) private pure returns (SignedStatement[] memory list) {
        list = new SignedStatement[](1);
        list[0] = statement;
    }

    function _dispute(QuestionSpec memory s, SignedStatement[] memory list) private {
        vm.prank(challenger);
        oracle.disputeEvidence(s, list);
    }

    function test_modelDisputeReplacesSlashesAndPays() external {
        QuestionSpec memory s = _modelSpec();
        QuestionId id = answered(s, 41);
        vm.cool(address(oracle));
        vm.cool(address(set));
        vm.cool(address(models));
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, 0x0f, "model", challenger);
        vm.expectEmit(address(oracle));
        emit IOracle.DisputeResolved(id, 1, true, Outcome.ANSWERED, bytes32(uint256(42)));
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.ANSWERED, bytes32(uint256(42)));
        vm.prank(challenger);
        oracle.disputeModel(s, INPUT);
        vm.snapshotGasLastCall("oracle", "dispute by re-execution, identity model");
        assertStatus(id, Status.FINAL);
        (, bytes32 value) = oracle.claim(s);
        vm.assertEq(value, bytes32(uint256(42)));
        for (uint256 i = 0; i < 5; ++i) {
            vm.assertEq(set.bondOf(vm.addr(keys[i])), i < 4 ? 0 : BOND);
        }
        set.settleSlash(1, 0);
        vm.assertEq(set.owedTo(challenger), 2 * BOND);
        vm.assertEq(set.owedTo(steward), 2 * BOND);
        uint256 before = oracle.prepaidOf(address(this));
        vm.expectEmit(address(oracle));
        emit IOracle.FeeReturned(id, address(this), 50_000);
        oracle.returnFee(s);
        vm.assertEq(oracle.prepaidOf(address(this)), before + 50_000);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.returnFee(s);
    }

    function test_modelDisputeRefuses() external {
        QuestionSpec memory s = _modelSpec();
        QuestionId id = answered(s, 42);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleAnswerStands.selector, id));
        oracle.disputeModel(s, INPUT);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleWrongInput.selector, keccak256(hex"2b"), s.inputHash)
        );
        oracle.disputeModel(s, hex"2b");
        // Another model is another question.
        QuestionSpec memory other = s;
        other.modelId = bytes32(uint256(1));
        vm.expectPartialRevert(Oracle.OracleStatus.selector);
        oracle.disputeModel(other, INPUT);
        s = _modelSpec();
        id = answered(s, 41);
        vm.warp(block.timestamp + s.liveness);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleTooLate.selector, block.timestamp, block.timestamp)
        );
        oracle.disputeModel(s, INPUT);
        s = spec(2, 0, 100);
        id = answered(s, 41);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNoModel.selector, id));
        oracle.disputeModel(s, INPUT);
    }

    function test_modelDisputeReplacesDoubtWithoutPunishing() external {
        QuestionSpec memory s = _modelSpec();
        QuestionId id = oracle.ask(s);
        accept(s, Outcome.UNRESOLVED, 0);
        oracle.disputeModel(s, INPUT);
        (, int256 value) = outcomeAndValue(id);
        vm.assertEq(value, 42);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    function test_modelOutputOutsideTheBoundsIsUnresolved() external {
        QuestionSpec memory s = _modelSpec();
        s.high = 41;
        QuestionId id = answered(s, 41);
        oracle.disputeModel(s, INPUT);
        (Outcome outcome, int256 value) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
        vm.assertEq(value, 0);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0x0f);
    }

    /// Exactly the answers that differ from the model are overturned.
    function testFuzz_modelDispute(uint8 answer, uint8 input) external {
        int64 said = int64(uint64(bound(answer, 0, 100)));
        bytes memory given = abi.encodePacked(uint8(bound(input, 0, 100)));
        QuestionSpec memory s = _modelSpec();
        s.inputHash = keccak256(given);
        QuestionId id = answered(s, said);
        bool isRight = uint64(said) == uint8(given[0]);
        if (isRight) vm.expectRevert(abi.encodeWithSelector(Oracle.OracleAnswerStands.selector, id));
        oracle.disputeModel(s, given);
        vm.assertEq(uint256(oracle.slashedOf(1)), isRight ? 0 : 0x0f);
    }

    function test_schemaDisputeSlashesOnce() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        bytes32 value = bytes32(uint256(5));
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 9_000, 0));
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, 0x0f, "schema", address(this));
        vm.expectEmit(address(oracle));
        emit IOracle.DisputeResolved(id, 0, false, Outcome.ANSWERED, value);
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
        assertStatus(id, Status.PENDING);
        // A second proof of the same pays nobody: the members are marked already.
        vm.prank(challenger);
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
        set.settleSlash(1, 0);
        vm.assertEq(set.owedTo(address(this)), 2 * BOND);
        vm.assertEq(set.owedTo(challenger), 0);
    }

    /// Whoever was marked before stays with the first beneficiary; the second gets only the rest.
    function test_overlappingSlashesMarkOnlyTheRest() external {
        QuestionSpec memory s = spec(1, 0, 4);
        oracle.ask(s);
        bytes32 value = bytes32(uint256(5));
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 9_000, 0));
        slashOne(1, 1, challenger);
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, 0x0d, "schema", address(this));
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
        (address first, uint64 firstMarks) = oracle.slashEntryOf(1, 0);
        (address second, uint64 secondMarks) = oracle.slashEntryOf(1, 1);
        vm.assertEq(first, challenger);
        vm.assertEq(second, address(this));
        vm.assertEq(uint256(firstMarks), 0x02);
        vm.assertEq(uint256(secondMarks), 0x0d);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0x0f);
    }

    function test_schemaDisputeRefusesWhatIsInSchemaOrUnknown() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        bytes32 value = bytes32(uint256(4));
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 9_000, 0));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleInSchema.selector, id, value));
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
        // Narrower bounds than asked are another question, which the root does not hold.
        s.high = 3;
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
        // Nobody asked it: no reporter can be trapped by a spec made up afterwards.
        round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 9_000, 0));
        vm.expectPartialRevert(Oracle.OracleStatus.selector);
        oracle.disputeSchema(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](0));
    }

    function test_twoSourcesOverturnAndSlash() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        uint256 before = token.balanceOf(challenger);
        SignedStatement[] memory list = _evidence(s, [int64(1), 1, 0]);
        vm.expectEmit(address(oracle));
        emit IOracle.DisputeOpened(id, challenger, 2, uint40(block.timestamp + 60));
        vm.expectEmit(address(oracle));
        emit IOracle.EvidenceAdded(id, vm.addr(sourceKeys[0]), 1, 7, uint40(block.timestamp - 1), challenger);
        _dispute(s, list);
        assertStatus(id, Status.DISPUTED);
        vm.assertEq(token.balanceOf(challenger), before - DISPUTE_BOND);
        vm.expectPartialRevert(Oracle.OracleStatus.selector);
        oracle.finalize(s);
        vm.expectPartialRevert(Oracle.OracleTooSoon.selector);
        oracle.resolveEvidence(s);
        vm.warp(block.timestamp + 60);
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, 0x0f, "evidence", challenger);
        vm.expectEmit(address(oracle));
        emit IOracle.DisputeResolved(id, 2, true, Outcome.ANSWERED, bytes32(uint256(1)));
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.ANSWERED, bytes32(uint256(1)));
        oracle.resolveEvidence(s);
        vm.assertEq(oracle.prepaidOf(challenger), DISPUTE_BOND);
        (, bytes32 value) = oracle.claim(s);
        vm.assertEq(value, bytes32(uint256(1)));
        oracle.returnFee(s);
    }

    function test_twoSourcesForTheAnswerCostTheBond() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        _dispute(s, _one(statementOf(s, 0, 1, block.timestamp)));
        SignedStatement[] memory defence = new SignedStatement[](2);
        defence[0] = statementOf(s, 1, 0, block.timestamp);
        defence[1] = statementOf(s, 2, 0, block.timestamp - 1);
        oracle.addEvidence(s, defence);
        vm.warp(block.timestamp + 60);
        vm.expectPartialRevert(Oracle.OracleTooLate.selector);
        oracle.addEvidence(s, defence);
        vm.expectEmit(address(oracle));
        emit IOracle.DisputeResolved(id, 2, false, Outcome.ANSWERED, 0);
        oracle.resolveEvidence(s);
        vm.assertEq(oracle.prepaidOf(challenger), 0);
        vm.assertEq(oracle.prepaidOf(steward), DISPUTE_BOND / 2);
        vm.assertEq(token.balanceOf(address(0xdead)), DISPUTE_BOND / 2);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
        QuestionSpec[] memory list = new QuestionSpec[](1);
        list[0] = s;
        oracle.collectRewards(1, 0, list);
    }

    function test_withoutTwoSourcesItIsUnresolvedAndNobodyPays() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        _dispute(s, _one(statementOf(s, 0, 1, block.timestamp)));
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (Outcome outcome,) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
        vm.assertEq(oracle.prepaidOf(challenger), DISPUTE_BOND);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    function test_twoAgainstTwoIsUnresolved() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = new SignedStatement[](4);
        for (uint256 i = 0; i < 4; ++i) {
            list[i] = statementOf(s, i, i < 2 ? int64(1) : int64(0), block.timestamp);
        }
        _dispute(s, list);
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (Outcome outcome,) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    /// A source that corrected itself counts once, with its newest word, in whatever order the words arrive.
    function test_newestStatementOfASourceCounts() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = new SignedStatement[](4);
        list[0] = statementOf(s, 0, 0, block.timestamp);
        list[1] = statementOf(s, 0, 1, block.timestamp - 5);
        list[2] = statementOf(s, 1, 1, block.timestamp - 5);
        list[3] = statementOf(s, 1, 0, block.timestamp);
        _dispute(s, list);
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (Outcome outcome, int256 value) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.ANSWERED));
        vm.assertEq(value, 0);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    /// A source that signs one value for the reporters and another for the challenger cannot have them slashed by it.
    function test_sourceOfTwoValuesAtOneMomentCountsForNeither() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = new SignedStatement[](3);
        list[0] = statementOf(s, 0, 1, block.timestamp);
        list[1] = statementOf(s, 1, 1, block.timestamp);
        list[2] = statementOf(s, 2, 0, block.timestamp);
        _dispute(s, list);
        oracle.addEvidence(s, _one(statementOf(s, 0, 0, block.timestamp)));
        // Saying the first value again, or something older, mends nothing.
        oracle.addEvidence(s, _one(statementOf(s, 0, 1, block.timestamp)));
        oracle.addEvidence(s, _one(statementOf(s, 0, 1, block.timestamp - 1)));
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (Outcome outcome,) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    /// Its next word counts again: it was torn about one moment only.
    function test_sourceOfTwoValuesIsHeardAgainLater() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = new SignedStatement[](4);
        list[0] = statementOf(s, 0, 1, block.timestamp - 1);
        list[1] = statementOf(s, 0, 0, block.timestamp - 1);
        list[2] = statementOf(s, 0, 1, block.timestamp);
        list[3] = statementOf(s, 1, 1, block.timestamp);
        _dispute(s, list);
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (Outcome outcome, int256 value) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.ANSWERED));
        vm.assertEq(value, 1);
    }

    function test_evidenceAgainstDoubtIsNotPunished() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        accept(s, Outcome.UNRESOLVED, 0);
        _dispute(s, _evidence(s, [int64(1), 1, 1]));
        vm.warp(block.timestamp + 60);
        oracle.resolveEvidence(s);
        (, int256 value) = outcomeAndValue(id);
        vm.assertEq(value, 1);
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
    }

    function test_evidenceRefuses() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = _one(statementOf(s, 0, 0, block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNoContradiction.selector, id));
        _dispute(s, list);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNoContradiction.selector, id));
        _dispute(s, new SignedStatement[](0));
        // Said after the reporters looked: hindsight is no fault.
        list = _one(statementOf(s, 0, 1, block.timestamp + 1));
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleTooLate.selector, block.timestamp + 1, block.timestamp)
        );
        _dispute(s, list);
        list = _one(statementOf(s, 0, 1, block.timestamp));
        list[0].statement.value = 2;
        vm.expectPartialRevert(Oracle.OracleNotSource.selector);
        _dispute(s, list);
        list[0].statement.subject = keccak256("another flight");
        vm.expectPartialRevert(Oracle.OracleForeignStatement.selector);
        _dispute(s, list);
        list = _one(statementOf(s, 0, 1, block.timestamp));
        list[0].signature = statementSignature(list[0].statement, 0xbad);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotSource.selector, vm.addr(0xbad)));
        _dispute(s, list);
        list = _one(statementOf(s, 0, 1, block.timestamp));
        vm.warp(block.timestamp + s.liveness);
        vm.expectPartialRevert(Oracle.OracleTooLate.selector);
        _dispute(s, list);
        s = _modelSpec();
        answered(s, 41);
        list = _one(statementOf(s, 0, 1, block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleBadSpec.selector, "kind"));
        _dispute(s, list);
    }

    /// The moment that counts is the report's, even when acceptance came later and the ring has forgotten the round.
    function test_evidenceIsHeldToTheReportsMoment() external {
        QuestionSpec memory s = spec(1, 0, 4);
        oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, 0, 9_000, 0));
        // Not block.timestamp: the optimiser may read that again after the warp.
        uint256 observedTo = oracle.lastReportAt();
        vm.warp(observedTo + 30);
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
        Report memory r = reportOf(0);
        r.round = round + 4096;
        oracle.submit(r, 0x0f, signAll(reportDigest(separator(), set.configDigest(), r), 0x0f));
        SignedStatement[] memory list = _one(statementOf(s, 0, 1, observedTo + 1));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooLate.selector, observedTo + 1, observedTo));
        _dispute(s, list);
        _dispute(s, _one(statementOf(s, 0, 1, observedTo)));
    }

    function test_equivocationIsSlashed() external {
        Report memory a = reportOf(keccak256("a"));
        Report memory b = reportOf(keccak256("b"));
        bytes32 config = set.configDigest();
        bytes memory signedA = sign64(keys[2], reportDigest(separator(), config, a));
        bytes memory signedB = sign64(keys[2], reportDigest(separator(), config, b));
        bytes memory foreign = sign64(keys[1], reportDigest(separator(), config, b));
        _noEquivocation(2, a, signedA, a, signedA);
        _noEquivocation(2, a, signedA, b, foreign);
        _noEquivocation(1, a, signedA, b, signedB);
        _noEquivocation(5, a, signedA, b, signedB);
        _noEquivocation(200, a, signedA, b, signedB);
        _noEquivocation(2, a, signedA, b, "");
        b.round += 1;
        bytes memory nextRound = sign64(keys[2], reportDigest(separator(), config, b));
        _noEquivocation(2, a, signedA, b, nextRound);
        b.round -= 1;
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, 4, "equivocation", address(this));
        oracle.slashEquivocation(2, a, signedA, b, signedB);
        vm.assertEq(set.bondOf(vm.addr(keys[2])), 0);
        vm.assertEq(set.bondOf(vm.addr(keys[1])), BOND);
    }

    function _noEquivocation(
        uint8 reporter,
        Report memory a,
        bytes memory signedA,
        Report memory b,
        bytes memory signedB
    ) private {
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotEquivocation.selector, reporter));
        oracle.slashEquivocation(reporter, a, signedA, b, signedB);
    }

    function test_equivocationInAnEarlierSetIsSlashed() external {
        Report memory a = reportOf(keccak256("a"));
        Report memory b = reportOf(keccak256("b"));
        bytes32 config = set.configDigest();
        bytes memory signedA = sign64(keys[2], reportDigest(separator(), config, a));
        bytes memory signedB = sign64(keys[2], reportDigest(separator(), config, b));
        address[] memory fewer = new address[](1);
        fewer[0] = vm.addr(keys[0]);
        vm.prank(steward);
        set.propose(fewer);
        vm.warp(block.timestamp + CHANGE_DELAY);
        set.activate();
        _noEquivocation(2, a, signedA, b, signedB);
        oracle.slashPastEquivocation(1, 2, a, signedA, b, signedB);
        vm.assertEq(set.bondOf(vm.addr(keys[2])), 0);
    }
}
