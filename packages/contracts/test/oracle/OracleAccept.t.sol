// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IOracle, Outcome, QuestionId, QuestionSpec, Status } from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Each kind's schema, written a second time here: `accept` takes exactly what it allows and `disputeSchema` exactly the
/// rest, so that no signed leaf is both refused and unpunishable, or both accepted and punishable.
contract OracleAcceptTest is OracleFixture {
    function setUp() external {
        deploy(5);
    }

    function _acceptsIffInSchema(
        QuestionSpec memory s,
        Outcome outcome,
        bytes32 value,
        uint16 confidence,
        bool isInSchema
    ) private {
        QuestionId id = oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, outcome, value, confidence, 0));
        bytes32[] memory proof = new bytes32[](0);
        if (isInSchema) {
            vm.expectRevert(abi.encodeWithSelector(Oracle.OracleInSchema.selector, id, value));
            oracle.disputeSchema(s, round, outcome, value, confidence, 0, proof);
            oracle.accept(s, round, outcome, value, confidence, 0, proof);
            assertStatus(id, outcome == Outcome.TOO_EARLY ? Status.PENDING : Status.ACCEPTED);
            vm.assertEq(uint256(oracle.slashedOf(1)), 0);
        } else {
            vm.expectRevert(abi.encodeWithSelector(Oracle.OracleOutOfSchema.selector, id, value));
            oracle.accept(s, round, outcome, value, confidence, 0, proof);
            assertStatus(id, Status.PENDING);
            oracle.disputeSchema(s, round, outcome, value, confidence, 0, proof);
            vm.assertEq(uint256(oracle.slashedOf(1)), 0x0f);
        }
    }

    function testFuzz_yesNo(int8 number) external {
        int256 value = int256(number) % 4;
        _acceptsIffInSchema(
            spec(0, 0, 1), Outcome.ANSWERED, bytes32(uint256(value)), 1, value == 0 || value == 1
        );
    }

    function testFuzz_choice(int64 high, int64 number, bool near) external {
        high = int64(uint64(bound(uint64(high), 0, uint64(type(int64).max) - 2)));
        // Half of the runs at the bound itself, where an error by one would be.
        int256 value = near ? int256(high) + (int256(number) % 3) : int256(number);
        _acceptsIffInSchema(
            spec(1, 0, high), Outcome.ANSWERED, bytes32(uint256(value)), 1, value >= 0 && value <= high
        );
    }

    function testFuzz_integer(int64 a, int64 b, int256 number, uint8 place) external {
        (int64 low, int64 high) = a < b ? (a, b) : (b, a);
        int256 value = number;
        if (place % 4 == 1) value = int256(low) + (number % 3);
        if (place % 4 == 2) value = int256(high) + (number % 3);
        if (place % 4 == 3) value = int64(number);
        _acceptsIffInSchema(
            spec(2, low, high), Outcome.ANSWERED, bytes32(uint256(value)), 1, value >= low && value <= high
        );
    }

    function testFuzz_vector(uint256 seed, bool whole) external {
        uint256 left = 10_000;
        uint256 value = 0;
        uint256 sum = 0;
        for (uint256 i = 0; i < 16; ++i) {
            uint256 share = (seed >> (16 * i)) % (left + 1);
            if (i == 15 && whole) share = left;
            left -= share;
            sum += share;
            value |= share << (16 * i);
        }
        _acceptsIffInSchema(spec(3, 0, 0), Outcome.ANSWERED, bytes32(value), 1, sum == 10_000);
    }

    function testFuzz_confidence(uint16 confidence) external {
        _acceptsIffInSchema(spec(1, 0, 4), Outcome.ANSWERED, 0, confidence, confidence <= 10_000);
    }

    /// Whoever does not answer may not smuggle a value.
    function testFuzz_unansweredCarryNoValue(uint8 kind, bool early, bytes32 value, bool empty) external {
        if (empty) value = 0;
        Outcome outcome = early ? Outcome.TOO_EARLY : Outcome.UNRESOLVED;
        _acceptsIffInSchema(spec(kind % 4, 0, 4), outcome, value, 0, value == 0);
    }

    function test_opensAndClosesToTheSecond() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.opensAt = uint40(block.timestamp + 10);
        QuestionId id = oracle.ask(s);
        bytes32 leaf = leafOf(s, Outcome.ANSWERED, 0, 9_000, 0);
        vm.warp(s.opensAt - 1);
        uint40 round = submitRoot(leaf);
        vm.warp(s.opensAt);
        // Signed too early, brought later: what counts is when the reporters looked.
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleTooSoon.selector, s.opensAt - 1, s.opensAt));
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
        round = submitRoot(leaf);
        vm.warp(s.answerBy);
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
        assertStatus(id, Status.ACCEPTED);
    }

    function test_refusesAfterCancellation() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, 0, 9_000, 0));
        vm.warp(s.answerBy + 1);
        oracle.cancel(s);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleStatus.selector, id, Status.CANCELLED, Status.PENDING)
        );
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
    }

    /// The same leaf on another chain names another question.
    function test_refusesAfterTheChainForked() external {
        QuestionSpec memory s = spec(1, 0, 4);
        oracle.ask(s);
        uint40 round = submitRoot(leafOf(s, Outcome.ANSWERED, 0, 9_000, 0));
        vm.chainId(777);
        vm.expectPartialRevert(Oracle.OracleLeafNotInRoot.selector);
        oracle.accept(s, round, Outcome.ANSWERED, 0, 9_000, 0, new bytes32[](0));
    }
}
