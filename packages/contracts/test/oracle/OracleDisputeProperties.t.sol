// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
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

/// Who decides a dispute and where each unit of the bonds goes, over every combination of sources.
contract OracleDisputeTest is OracleFixture {
    uint256 private constant DISPUTE_BOND = 50e6;

    function setUp() external {
        deploy(5);
    }

    function _one(SignedStatement memory statement) private pure returns (SignedStatement[] memory list) {
        list = new SignedStatement[](1);
        list[0] = statement;
    }

    function _dispute(QuestionSpec memory s, SignedStatement[] memory list) private {
        vm.prank(challenger);
        oracle.disputeEvidence(s, list);
    }

    /// Four sources, each silent (5) or for one of the values 0..4; the answer in dispute is 0. The most named value
    /// wins when two or more name it and no other has as many.
    function testFuzz_sourcesDecide(uint8[4] memory words, uint8 firstWord) external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        uint256[5] memory votes;
        // The challenger must bring a contradiction, so source 0 always names something else than 0.
        words[0] = uint8(bound(firstWord, 1, 4));
        votes[words[0]] = 1;
        uint256 held = token.balanceOf(address(oracle));
        _dispute(s, _one(statementOf(s, 0, int64(uint64(words[0])), block.timestamp)));
        for (uint256 i = 1; i < 4; ++i) {
            words[i] = uint8(bound(words[i], 0, 5));
            if (words[i] == 5) continue;
            ++votes[words[i]];
            oracle.addEvidence(s, _one(statementOf(s, i, int64(uint64(words[i])), block.timestamp)));
        }
        (uint256 best, uint256 second, uint256 winner) = (0, 0, 0);
        for (uint256 value = 0; value < 5; ++value) {
            if (votes[value] > best) (second, best, winner) = (best, votes[value], value);
            else if (votes[value] > second) second = votes[value];
        }
        bool isDecided = best >= 2 && best > second;
        vm.warp(block.timestamp + s.liveness);
        oracle.resolveEvidence(s);
        (Outcome outcome, int256 value_) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(isDecided ? Outcome.ANSWERED : Outcome.UNRESOLVED));
        vm.assertEq(value_, isDecided ? int256(winner) : int256(0));
        vm.assertEq(uint256(oracle.slashedOf(1)), isDecided && winner != 0 ? 0x0f : 0);
        bool isLost = isDecided && winner == 0;
        vm.assertEq(oracle.prepaidOf(challenger), isLost ? 0 : DISPUTE_BOND);
        vm.assertEq(oracle.prepaidOf(steward), isLost ? DISPUTE_BOND / 2 : 0);
        vm.assertEq(token.balanceOf(address(0xdead)), isLost ? DISPUTE_BOND / 2 : 0);
        vm.assertEq(token.balanceOf(address(oracle)), held + DISPUTE_BOND - (isLost ? DISPUTE_BOND / 2 : 0));
    }

    /// Two sources that agree on what the question does not allow decide nothing.
    function test_agreementOutOfSchemaIsUnresolved() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        _dispute(s, _one(statementOf(s, 0, 9, block.timestamp)));
        oracle.addEvidence(s, _one(statementOf(s, 1, 9, block.timestamp)));
        vm.warp(block.timestamp + s.liveness);
        oracle.resolveEvidence(s);
        (Outcome outcome,) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
        vm.assertEq(uint256(oracle.slashedOf(1)), 0);
        vm.assertEq(oracle.prepaidOf(challenger), DISPUTE_BOND);
    }

    /// A source that the steward removed while the dispute was open no longer counts in it.
    function test_removedSourceNoLongerCounts() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.liveness = 2 days;
        QuestionId id = answered(s, 0);
        vm.prank(steward);
        set.removeSource(vm.addr(sourceKeys[1]), TOPIC);
        uint256 start = oracle.lastReportAt();
        SignedStatement memory late = statementOf(s, 1, 2, start);
        _dispute(s, _one(statementOf(s, 0, 1, start)));
        oracle.addEvidence(s, _one(statementOf(s, 1, 1, start - 1)));
        vm.warp(start + CHANGE_DELAY);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotSource.selector, vm.addr(sourceKeys[1])));
        oracle.addEvidence(s, _one(late));
        vm.warp(start + s.liveness);
        oracle.resolveEvidence(s);
        (Outcome outcome,) = outcomeAndValue(id);
        vm.assertEq(uint256(outcome), uint256(Outcome.UNRESOLVED));
    }

    /// Statements are checked with the strict form of ECDSA: the mirrored signature is not a second statement.
    function test_mirroredSignatureIsRefused() external {
        QuestionSpec memory s = spec(1, 0, 4);
        answered(s, 0);
        SignedStatement memory said = statementOf(s, 0, 1, block.timestamp);
        (bytes32 r, bytes32 low, uint8 v) = _split(said.signature);
        bytes32 high = bytes32(ORDER - uint256(low));
        said.signature = abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, high));
        _dispute(s, _one(said));
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }

    /// A source of one topic has no word in another, and a statement of another chain none here.
    function test_foreignStatementsAreRefused() external {
        QuestionSpec memory s = spec(1, 0, 4);
        s.topic = keccak256("another topic");
        answered(s, 0);
        SignedStatement memory said = statementOf(s, 0, 1, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotSource.selector, vm.addr(sourceKeys[0])));
        _dispute(s, _one(said));
        s = spec(1, 0, 4);
        vm.chainId(777);
        said = statementOf(s, 0, 1, block.timestamp);
        // forge's own id as a number: the optimiser may read block.chainid again instead of keeping it.
        vm.chainId(31_337);
        answered(s, 0);
        vm.expectPartialRevert(Oracle.OracleNotSource.selector);
        _dispute(s, _one(said));
    }

    function test_disputedIsClosedToEveryOtherEnd() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = _one(statementOf(s, 0, 1, block.timestamp));
        // Nothing is open yet.
        bytes memory notDisputed =
            abi.encodeWithSelector(Oracle.OracleStatus.selector, id, Status.ACCEPTED, Status.DISPUTED);
        vm.expectRevert(notDisputed);
        oracle.addEvidence(s, list);
        vm.expectRevert(notDisputed);
        oracle.resolveEvidence(s);
        _dispute(s, list);
        bytes memory notAccepted =
            abi.encodeWithSelector(Oracle.OracleStatus.selector, id, Status.DISPUTED, Status.ACCEPTED);
        vm.expectRevert(notAccepted);
        _dispute(s, list);
        vm.warp(s.answerBy + 1);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleStatus.selector, id, Status.DISPUTED, Status.PENDING)
        );
        oracle.cancel(s);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleStatus.selector, id, Status.DISPUTED, Status.FINAL)
        );
        oracle.claim(s);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNothingDue.selector, id));
        oracle.returnFee(s);
        oracle.resolveEvidence(s);
        assertStatus(id, Status.FINAL);
    }

    /// Without the bond there is no dispute, and the answer stays as it was.
    function test_bondIsTakenOrNothingHappens() external {
        QuestionSpec memory s = spec(1, 0, 4);
        QuestionId id = answered(s, 0);
        SignedStatement[] memory list = _one(statementOf(s, 0, 1, block.timestamp));
        vm.prank(address(0xb0b));
        vm.expectRevert();
        oracle.disputeEvidence(s, list);
        assertStatus(id, Status.ACCEPTED);
        vm.assertEq(uint256(oracle.disputeOf(id).defendBy), 0);
    }

    /// From the wrong answer to the challenger's purse: half of each signer's bond, the other half to the reserve.
    function testFuzz_challengerIsPaid(uint96[4] memory extra) external {
        ModelId model = models.register(hex"4c494d3100010100010000000100000000", 0);
        QuestionSpec memory s = spec(2, 0, 127);
        s.modelId = ModelId.unwrap(model);
        s.inputHash = keccak256(hex"2a");
        uint256 total = 4 * BOND;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 amount = bound(extra[i], 0, 9_000e6);
            address reporter = vm.addr(keys[i]);
            fund(reporter, amount);
            vm.startPrank(reporter);
            token.approve(address(set), amount);
            set.bond(amount, "");
            vm.stopPrank();
            total += amount;
        }
        answered(s, 41);
        vm.prank(challenger);
        oracle.disputeModel(s, hex"2a");
        set.settleSlash(1, 0);
        uint256 before = token.balanceOf(challenger);
        vm.prank(challenger);
        set.withdraw(challenger);
        vm.prank(steward);
        set.withdraw(steward);
        vm.assertEq(token.balanceOf(challenger) - before, total / 2);
        vm.assertEq(token.balanceOf(steward), total - total / 2);
        // Only the bond of the one who did not sign is left.
        vm.assertEq(token.balanceOf(address(set)), BOND);
    }

    /// Two reports signed for another chain are no equivocation here.
    function test_equivocationElsewhereIsNone() external {
        Report memory a = reportOf(keccak256("a"));
        Report memory b = reportOf(keccak256("b"));
        bytes32 config = set.configDigest();
        bytes32 elsewhere = separatorOf(1, address(oracle));
        bytes memory signedA = sign64(keys[2], reportDigest(elsewhere, config, a));
        bytes memory signedB = sign64(keys[2], reportDigest(elsewhere, config, b));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleNotEquivocation.selector, 2));
        oracle.slashEquivocation(2, a, signedA, b, signedB);
        // A set before the first never had reporters.
        vm.expectRevert();
        oracle.slashPastEquivocation(0, 2, a, signedA, b, signedB);
    }

    /// Any field of a report that differs makes two reports of one.
    function testFuzz_equivocationInAnyField(uint8 field, uint8 reporter) external {
        uint8 index = uint8(bound(reporter, 0, 4));
        Report memory a = reportOf(keccak256("a"));
        Report memory b = reportOf(keccak256("a"));
        if (field % 4 == 0) b.observedFrom -= 1;
        if (field % 4 == 1) b.observedTo -= 1;
        if (field % 4 == 2) b.root = keccak256("b");
        if (field % 4 == 3) b.dataDigest = keccak256("b");
        bytes32 config = set.configDigest();
        bytes memory signedA = sign64(keys[index], reportDigest(separator(), config, a));
        bytes memory signedB = sign64(keys[index], reportDigest(separator(), config, b));
        vm.expectEmit(address(oracle));
        emit IOracle.ReportersSlashed(1, uint64(1) << index, "equivocation", challenger);
        vm.prank(challenger);
        oracle.slashEquivocation(index, a, signedA, b, signedB);
        vm.assertEq(uint256(oracle.slashedOf(1)), uint256(1) << index);
    }
}
