// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IAnswerReceiver,
    IOracle,
    Outcome,
    QuestionId,
    QuestionSpec,
    Status
} from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// An asker that behaves as told.
contract Consumer is IAnswerReceiver {
    enum Mode {
        RECORD,
        REVERT,
        BURN,
        BOMB,
        REENTER
    }

    Oracle private immutable oracle;
    Mode public mode;
    QuestionSpec private again;
    uint256 public calls;
    bytes32 public subject;
    bytes32 public value;
    uint256 public gasSeen;

    constructor(Oracle oracle_) {
        oracle = oracle_;
    }

    function ask(QuestionSpec calldata spec, Mode mode_) external returns (QuestionId) {
        mode = mode_;
        again = spec;
        return oracle.ask(spec);
    }

    function onAnswer(QuestionId, bytes32 subject_, Outcome, bytes32 value_) external {
        gasSeen = gasleft();
        if (mode == Mode.REVERT) revert("no");
        if (mode == Mode.BURN) while (true) { }
        if (mode == Mode.BOMB) {
            assembly {
                revert(0, 100000)
            }
        }
        if (mode == Mode.REENTER) oracle.finalize(again);
        (calls, subject, value) = (calls + 1, subject_, value_);
    }
}

contract OracleCallbacksTest is OracleFixture {
    Consumer private consumer;

    function setUp() external {
        deploy(5);
        consumer = new Consumer(oracle);
        oracle.prepay(address(consumer), 10e6);
    }

    function _accepted(Consumer.Mode mode, uint32 callbackGas)
        private
        returns (QuestionSpec memory s, QuestionId id)
    {
        s = spec(1, 0, 4);
        s.asker = address(consumer);
        s.callbackGas = callbackGas;
        id = consumer.ask(s, mode);
        accept(s, Outcome.ANSWERED, bytes32(uint256(3)));
        vm.warp(block.timestamp + s.liveness);
    }

    function _failsSoft(Consumer.Mode mode) private {
        (QuestionSpec memory s, QuestionId id) = _accepted(mode, 100_000);
        vm.expectEmit(address(oracle));
        emit IOracle.AnswerFinal(id, Outcome.ANSWERED, bytes32(uint256(3)));
        vm.expectEmit(address(oracle));
        emit IOracle.CallbackFailed(id, address(consumer));
        uint256 before = gasleft();
        oracle.finalize(s);
        // What a hostile asker can burn is what its question declared.
        vm.assertLe(before - gasleft(), 200_000);
        assertStatus(id, Status.FINAL);
        (, bytes32 value) = oracle.claim(s);
        vm.assertEq(value, bytes32(uint256(3)));
        vm.assertEq(consumer.calls(), 0);
    }

    function test_callsBackWithSubjectAndValue() external {
        (QuestionSpec memory s,) = _accepted(Consumer.Mode.RECORD, 120_000);
        oracle.finalize(s);
        vm.assertEq(consumer.calls(), 1);
        vm.assertEq(consumer.subject(), s.subject);
        vm.assertEq(consumer.value(), bytes32(uint256(3)));
        vm.assertLe(consumer.gasSeen(), 120_000);
        vm.assertGe(consumer.gasSeen(), 119_000);
    }

    function test_revertingAskerCannotBlock() external {
        _failsSoft(Consumer.Mode.REVERT);
    }

    function test_gasBurningAskerCannotBlock() external {
        _failsSoft(Consumer.Mode.BURN);
    }

    function test_returnBombCannotBlock() external {
        _failsSoft(Consumer.Mode.BOMB);
    }

    function test_reenteringAskerCannotFinaliseTwice() external {
        _failsSoft(Consumer.Mode.REENTER);
    }

    function test_askerWithoutCodeIsFine() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.asker = challenger;
        s.callbackGas = 50_000;
        oracle.prepay(challenger, 1e6);
        vm.prank(challenger);
        QuestionId id = oracle.ask(s);
        accept(s, Outcome.ANSWERED, 0);
        vm.warp(block.timestamp + s.liveness);
        oracle.finalize(s);
        assertStatus(id, Status.FINAL);
    }

    /// Whoever finalises with too little gas fails as a whole: the callback cannot be starved.
    function testFuzz_callbackCannotBeStarved(uint32 given) external {
        (QuestionSpec memory s, QuestionId id) = _accepted(Consumer.Mode.RECORD, 200_000);
        uint256 limit = bound(given, 20_000, 400_000);
        try oracle.finalize{ gas: limit }(s) {
            vm.assertEq(consumer.calls(), 1);
            assertStatus(id, Status.FINAL);
        } catch {
            vm.assertEq(consumer.calls(), 0);
            assertStatus(id, Status.ACCEPTED);
        }
    }
}
