// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IOracle, Outcome, QuestionId, QuestionSpec, Status } from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Asking, paying, cancelling, accepting, finalising and collecting.
contract OracleQuestionsTest is OracleFixture {
    function setUp() external {
        deploy(5);
    }

    function _badSpec(QuestionSpec memory s, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleBadSpec.selector, field));
        oracle.ask(s);
    }

    function _wrongStatus(QuestionId id, Status got, Status wanted) private {
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleStatus.selector, id, got, wanted));
    }

    function test_prepayAndWithdraw() external {
        uint256 before = oracle.prepaidOf(challenger);
        vm.expectEmit(address(oracle));
        emit IOracle.Prepaid(challenger, address(this), 3e6);
        oracle.prepay(challenger, 3e6);
        vm.assertEq(oracle.prepaidOf(challenger), before + 3e6);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OraclePrepaidTooSmall.selector, 3e6, 3e6 + 1));
        vm.prank(challenger);
        oracle.withdrawPrepaid(3e6 + 1, challenger);
        vm.expectEmit(address(oracle));
        emit IOracle.PrepaidWithdrawn(challenger, address(0xb0b), 3e6);
        vm.prank(challenger);
        oracle.withdrawPrepaid(3e6, address(0xb0b));
        vm.assertEq(token.balanceOf(address(0xb0b)), 3e6);
    }

    function test_askTakesTheQuotedFee() external {
        QuestionSpec memory s = spec(1, 0, 4);
        uint256 fee = oracle.quote(s);
        uint256 before = oracle.prepaidOf(address(this));
        QuestionId id = oracle.questionIdOf(s);
        vm.assertEq(QuestionId.unwrap(id), keccak256(abi.encode(block.chainid, address(oracle), s)));
        vm.expectEmit(address(oracle));
        emit IOracle.QuestionAsked(id, address(this), s.topic, s, fee);
        oracle.ask(s);
        vm.snapshotGasLastCall("oracle", "ask");
        vm.assertEq(oracle.prepaidOf(address(this)), before - fee);
        assertStatus(id, Status.PENDING);
    }

    function test_askRefuses() external {
        QuestionSpec memory s = spec(1, 0, 4);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotAsker.selector, challenger, address(this)));
        vm.prank(challenger);
        oracle.ask(s);
        s.kind = 4;
        _badSpec(s, "kind");
        _badSpec(spec(2, 5, 4), "bounds");
        s = spec(1, 0, 4);
        s.answerBy = s.opensAt;
        _badSpec(s, "answerBy");
        s = spec(1, 0, 4);
        s.opensAt = 0;
        s.answerBy = uint40(block.timestamp);
        _badSpec(s, "answerBy");
        s = spec(1, 0, 4);
        s.liveness = 30 days + 1;
        _badSpec(s, "liveness");
        s = spec(1, 0, 4);
        s.callbackGas = 1_000_001;
        _badSpec(s, "callbackGas");
        s = spec(1, 0, 4);
        s.modelId = bytes32(uint256(1));
        _badSpec(s, "kind");
        s.kind = 2;
        _badSpec(s, "modelId");
        s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleAlreadyAsked.selector, id));
        oracle.ask(s);
        s.asker = challenger;
        vm.expectRevert(abi.encodeWithSelector(Oracle.OraclePrepaidTooSmall.selector, 0, 50_000));
        vm.prank(challenger);
        oracle.ask(s);
    }

    function test_cancelAfterTheDeadlineReturnsTheFee() external {
        QuestionSpec memory s = spec(1, 0, 4);
        uint256 before = oracle.prepaidOf(address(this));
        QuestionId id = oracle.ask(s);
        vm.warp(s.answerBy);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooSoon.selector, s.answerBy, s.answerBy));
        oracle.cancel(s);
        vm.warp(s.answerBy + 1);
        vm.expectEmit(address(oracle));
        emit IOracle.QuestionCancelled(id, 50_000);
        vm.prank(challenger);
        oracle.cancel(s);
        vm.assertEq(oracle.prepaidOf(address(this)), before);
        _wrongStatus(id, Status.CANCELLED, Status.PENDING);
        oracle.cancel(s);
        _wrongStatus(id, Status.CANCELLED, Status.FINAL);
        oracle.claim(s);
    }

    function test_acceptStoresTheAnswer() external {
        QuestionSpec memory s = spec(2, -100, 100);
        QuestionId id = oracle.ask(s);
        bytes32 value = bytes32(uint256(int256(-42)));
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 8_765, bytes32(uint256(1))));
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerAccepted(id, round, Outcome.ANSWERED, value, 8_765, bytes32(uint256(1)));
        oracle.accept(s, round, Outcome.ANSWERED, value, 8_765, bytes32(uint256(1)), new bytes32[](0));
        vm.assertEq(oracle.answerOf(id).value, value);
        vm.assertEq(uint256(oracle.answerOf(id).confidenceBps), 8_765);
        vm.assertEq(uint256(oracle.answerOf(id).acceptedAt), block.timestamp);
        vm.assertEq(uint256(oracle.answerOf(id).round), round);
        vm.assertEq(uint256(oracle.answerOf(id).signers), quorumBitmap());
        assertStatus(id, Status.ACCEPTED);
        // Once only.
        _wrongStatus(id, Status.ACCEPTED, Status.PENDING);
        oracle.accept(s, round, Outcome.ANSWERED, value, 8_765, bytes32(uint256(1)), new bytes32[](0));
    }

    function test_acceptRefusesWhatTheRootDoesNotHold() external {
        QuestionSpec memory s = spec(2, -100, 100);
        QuestionSpec memory other = spec(2, -100, 100);
        oracle.ask(s);
        oracle.ask(other);
        bytes32 value = bytes32(uint256(7));
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, value, 9_000, 0));
        bytes32[] memory none = new bytes32[](0);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.ANSWERED, bytes32(uint256(8)), 9_000, 0, none);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.UNRESOLVED, value, 9_000, 0, none);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.ANSWERED, value, 9_001, 0, none);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.ANSWERED, value, 9_000, bytes32(uint256(1)), none);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(other, round, Outcome.ANSWERED, value, 9_000, 0, none);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.ANSWERED, value, 9_000, 0, new bytes32[](1));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundGone.selector, uint256(round) + 1));
        oracle.accept(s, round + 1, Outcome.ANSWERED, value, 9_000, 0, none);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundGone.selector, 0));
        oracle.accept(s, 0, Outcome.ANSWERED, value, 9_000, 0, none);
        oracle.accept(s, round, Outcome.ANSWERED, value, 9_000, 0, none);
    }

    function test_acceptRefusesBeforeOpeningAndAfterTheDeadline() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.opensAt = uint40(block.timestamp + 10);
        oracle.ask(s);
        bytes32 leaf = leafOf(s, Outcome.ANSWERED, 0, 9_000, 0);
        uint40 round = submitRoot(leaf);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooSoon.selector, block.timestamp, s.opensAt));
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
        vm.warp(s.answerBy + 1);
        round = submitRoot(leaf);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooLate.selector, s.answerBy + 1, s.answerBy));
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
    }

    function test_acceptRefusesAnOldRound() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.answerBy = uint40(block.timestamp + 2 days);
        oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, 0, 9_000, 0));
        vm.warp(block.timestamp + 65_536);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundTooOld.selector, 65_536, 65_535));
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
    }

    function test_acceptRefusesOutOfSchema() external {
        _outOfSchema(spec(0, 0, 1), Outcome.ANSWERED, 2, 9_000);
        _outOfSchema(spec(1, 0, 4), Outcome.ANSWERED, 5, 9_000);
        _outOfSchema(spec(1, 0, 4), Outcome.ANSWERED, -1, 9_000);
        _outOfSchema(spec(2, -3, 3), Outcome.ANSWERED, -4, 9_000);
        _outOfSchema(spec(2, -3, 3), Outcome.ANSWERED, 4, 9_000);
        // A number whose low 64 bits alone would be in bounds.
        _outOfSchema(spec(2, -3, 3), Outcome.ANSWERED, int256(1) << 64, 9_000);
        _outOfSchema(spec(2, -3, 3), Outcome.ANSWERED, 0, 10_001);
        _outOfSchema(spec(2, -3, 3), Outcome.UNRESOLVED, 1, 9_000);
        _outOfSchema(spec(3, 0, 0), Outcome.ANSWERED, 9_999, 9_000);
    }

    function _outOfSchema(QuestionSpec memory s, Outcome outcome, int256 number, uint16 confidence) private {
        QuestionId id = oracle.ask(s);
        bytes32 value = bytes32(uint256(number));
        uint40 round = submitRoot(leafOf(s, outcome, value, confidence, 0));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleOutOfSchema.selector, id, value));
        oracle.accept(s, round, outcome, value, confidence, 0, new bytes32[](0));
    }

    function test_tooEarlyLeavesTheQuestionOpen() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, Outcome.TOO_EARLY, 0, 0, 0));
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerTooEarly(id, round);
        oracle.accept(s, round, Outcome.TOO_EARLY, 0, 0, 0, new bytes32[](0));
        assertStatus(id, Status.PENDING);
        accept(s, Outcome.ANSWERED, bytes32(uint256(1)));
        assertStatus(id, Status.ACCEPTED);
    }

    function test_unresolvedIsAnAnswer() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        accept(s, Outcome.UNRESOLVED, 0);
        vm.warp(block.timestamp + s.liveness);
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.UNRESOLVED, 0);
        oracle.finalize(s);
        (Outcome outcome,) = oracle.claim(s);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
    }

    function test_vectorIsKeptWhole() external {
        QuestionSpec memory s = spec(3, 0, 0);
        QuestionId id = oracle.ask(s);
        bytes32 weights = bytes32((uint256(4_000) << 240) | (uint256(1_000) << 16) | 5_000);
        accept(s, Outcome.ANSWERED, weights);
        vm.assertEq(oracle.answerOf(id).value, weights);
        vm.warp(block.timestamp + s.liveness);
        (, bytes32 value) = oracle.claim(s);
        vm.assertEq(value, weights);
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.ANSWERED, weights);
        oracle.finalize(s);
    }

    function test_finalizeAndClaimOnlyAfterLiveness() external {
        QuestionSpec memory s = spec(2, -9, 9);
        QuestionId id = answered(s, -3);
        uint256 finalAt = block.timestamp + s.liveness;
        vm.warp(finalAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooSoon.selector, finalAt - 1, finalAt));
        oracle.finalize(s);
        _wrongStatus(id, Status.ACCEPTED, Status.FINAL);
        oracle.claim(s);
        vm.warp(finalAt);
        (, bytes32 value) = oracle.claim(s);
        vm.assertEq(int256(uint256(value)), -3);
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.ANSWERED, value);
        oracle.finalize(s);
        vm.snapshotGasLastCall("oracle", "finalize without callback");
        assertStatus(id, Status.FINAL);
        _wrongStatus(id, Status.FINAL, Status.ACCEPTED);
        oracle.finalize(s);
        (, value) = oracle.claim(s);
        vm.assertEq(int256(uint256(value)), -3);
    }

    function test_signersShareTheFeeToTheUnit() external {
        QuestionSpec[] memory s = new QuestionSpec[](2);
        (s[0], s[1]) = (spec(1, 0, 4), spec(1, 0, 4));
        QuestionId id = answered(s[0], 1);
        answered(s[1], 1);
        _wrongStatus(id, Status.ACCEPTED, Status.FINAL);
        oracle.collectRewards(1, 0, s);
        vm.warp(block.timestamp + 60);
        uint256 paid = 0;
        for (uint8 i = 0; i < set.quorumOf(5); ++i) {
            address reporter = vm.addr(keys[i]);
            if (i == 0) {
                vm.expectEmit(address(oracle));
                emit IOracle.RewardsCollected(reporter, 2, 25_000);
            }
            oracle.collectRewards(1, i, s);
            paid += oracle.prepaidOf(reporter);
        }
        vm.assertEq(paid, 100_000);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.collectRewards(1, 0, s);
        // Reporter 4 did not sign; another epoch's index earns nothing here.
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.collectRewards(1, 4, s);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.collectRewards(2, 0, s);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.returnFee(s[0]);
    }

    /// Any root over n leaves proves each of them, at any position.
    function testFuzz_everyLeafOfARoundIsAccepted(uint8 count, uint8 pick, int64 value) external {
        uint256 n = bound(count, 1, 64);
        uint256 chosen = bound(pick, 0, n - 1);
        QuestionSpec memory s = spec(2, type(int64).min, type(int64).max);
        oracle.ask(s);
        bytes32[] memory leaves = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", i));
        }
        leaves[chosen] = leafOf(s, Outcome.ANSWERED, bytes32(uint256(int256(value))), 1, 0);
        (bytes32 root, bytes32[] memory proof) = tree(leaves, chosen);
        uint40 round = submitRoot(root);
        oracle.accept(s, round, Outcome.ANSWERED, bytes32(uint256(int256(value))), 1, 0, proof);
        vm.assertEq(int256(uint256(oracle.answerOf(oracle.questionIdOf(s)).value)), value);
    }

    function test_gasOfAcceptFrom64() external {
        QuestionSpec memory s = spec(1, 0, 4);
        oracle.ask(s);
        bytes32[] memory leaves = new bytes32[](64);
        for (uint256 i = 0; i < 64; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", i));
        }
        leaves[37] = leafOf(s, Outcome.ANSWERED, bytes32(uint256(3)), 9_000, bytes32(uint256(1)));
        (bytes32 root, bytes32[] memory proof) = tree(leaves, 37);
        uint40 round = submitRoot(root);
        vm.cool(address(oracle));
        oracle.accept(s, round, Outcome.ANSWERED, bytes32(uint256(3)), 9_000, bytes32(uint256(1)), proof);
        vm.snapshotGasLastCall("oracle", "accept one of 64");
    }

    /// The tree of protocol/src/oracle/merkle.ts: sorted pairs, an odd node moves up.
    function tree(bytes32[] memory level, uint256 at)
        internal
        pure
        returns (bytes32 root, bytes32[] memory proof)
    {
        bytes32[] memory siblings = new bytes32[](16);
        uint256 found;
        while (level.length > 1) {
            if (at ^ 1 < level.length) siblings[found++] = level[at ^ 1];
            bytes32[] memory up = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < up.length; ++i) {
                if (2 * i + 1 == level.length) {
                    up[i] = level[2 * i];
                } else {
                    (bytes32 a, bytes32 b) = (level[2 * i], level[2 * i + 1]);
                    up[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
                }
            }
            (level, at) = (up, at / 2);
        }
        proof = new bytes32[](found);
        for (uint256 i = 0; i < found; ++i) {
            proof[i] = siblings[i];
        }
        root = level[0];
    }
}
