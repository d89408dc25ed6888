// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ModelRegistry } from "../../src/models/ModelRegistry.sol";
import {
    Answer,
    Outcome,
    QuestionId,
    QuestionSpec,
    Report,
    SignedStatement,
    Statement,
    Status
} from "../../src/oracle/IOracle.sol";
import { IReporterSet } from "../../src/oracle/IReporterSet.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { ReporterSet } from "../../src/oracle/ReporterSet.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { Test } from "../support/Test.sol";

/// An oracle with bonded reporters whose keys the test holds; signs reports and statements as protocol/src/oracle does.
abstract contract OracleFixture is Test {
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 internal constant BOND = 1_000e6;
    uint40 internal constant CHANGE_DELAY = 1 days;
    uint40 internal constant UNBOND_DELAY = 7 days;
    bytes32 internal constant TOPIC = keccak256("lichen.flight-status.v1");
    bytes32 internal constant REPORT_TYPEHASH = keccak256(
        "Report(bytes32 configDigest,uint40 round,uint40 observedFrom,uint40 observedTo,bytes32 root,bytes32 dataDigest)"
    );
    bytes32 internal constant STATEMENT_TYPEHASH =
        keccak256("Statement(bytes32 topic,bytes32 subject,int64 value,int64 detail,uint40 observedAt)");

    PlayDollar internal token;
    ModelRegistry internal models;
    ReporterSet internal set;
    Oracle internal oracle;
    address internal steward = address(0x57e3a2d);
    address internal challenger = address(0xc4a1);
    /// Private keys in ascending order of their addresses.
    uint256[] internal keys;
    uint256[] internal sourceKeys;
    uint64 private _salt;

    function deploy(uint256 reporters) internal {
        vm.warp(1_800_000_000);
        token = new PlayDollar();
        models = new ModelRegistry();
        set = new ReporterSet(address(token), steward, BOND, CHANGE_DELAY, UNBOND_DELAY);
        oracle = new Oracle(IERC20(address(token)), IReporterSet(address(set)), models);
        vm.prank(steward);
        set.bindOracle(address(oracle));
        keys = sortedKeys(0x11c4e1, reporters);
        for (uint256 i = 0; i < reporters; ++i) {
            bondAs(keys[i]);
        }
        for (uint256 i = 0; i < 4; ++i) {
            sourceKeys.push(0x50aace + i);
            vm.prank(steward);
            set.proposeSource(vm.addr(sourceKeys[i]), TOPIC, "source");
        }
        vm.prank(steward);
        set.propose(addressesOf(keys));
        fund(address(this), 1_000e6);
        token.approve(address(oracle), type(uint256).max);
        oracle.prepay(address(this), 500e6);
        fund(challenger, 1_000e6);
        vm.prank(challenger);
        token.approve(address(oracle), type(uint256).max);
    }

    function fund(address to, uint256 amount) internal {
        vm.startPrank(to);
        token.faucet(amount);
        vm.stopPrank();
    }

    function bondAs(uint256 key) internal {
        address reporter = vm.addr(key);
        fund(reporter, BOND);
        vm.startPrank(reporter);
        token.approve(address(set), BOND);
        set.bond(BOND, "http://127.0.0.1:1");
        vm.stopPrank();
    }

    function sortedKeys(uint256 seed, uint256 count) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = seed + i;
            uint256 place = i;
            while (place > 0 && vm.addr(sorted[place - 1]) > vm.addr(key)) {
                sorted[place] = sorted[place - 1];
                --place;
            }
            sorted[place] = key;
        }
    }

    function addressesOf(uint256[] memory list) internal pure returns (address[] memory result) {
        result = new address[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            result[i] = vm.addr(list[i]);
        }
    }

    /// A question of this contract that opens now; each call another one.
    function spec(uint8 kind, int64 low, int64 high) internal returns (QuestionSpec memory s) {
        s.asker = address(this);
        s.kind = kind;
        s.low = low;
        s.high = high;
        s.topic = TOPIC;
        s.subject = keccak256(abi.encode("subject", _salt));
        s.opensAt = uint40(block.timestamp);
        s.answerBy = uint40(block.timestamp + 600);
        s.liveness = 60;
        s.salt = _salt++;
    }

    function separator() internal view returns (bytes32) {
        return separatorOf(block.chainid, address(oracle));
    }

    function separatorOf(uint256 chainId, address verifier) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Lichen Oracle"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
    }

    function reportDigest(bytes32 domain, bytes32 config, Report memory r) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(REPORT_TYPEHASH, config, r.round, r.observedFrom, r.observedTo, r.root, r.dataDigest)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function sign64(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, v == 27 ? uint256(s) : ORDER - uint256(s));
    }

    /// Signatures of the reporters in `bitmap`, in ascending order of index.
    function signAll(bytes32 digest, uint256 bitmap) internal view returns (bytes memory signatures) {
        for (uint256 i = 0; i < keys.length; ++i) {
            if ((bitmap >> i) & 1 == 1) signatures = bytes.concat(signatures, sign64(keys[i], digest));
        }
    }

    function quorumBitmap() internal view returns (uint256) {
        return (1 << set.quorumOf(keys.length)) - 1;
    }

    function reportOf(bytes32 root) internal view returns (Report memory) {
        uint40 next = oracle.lastRound() + 1;
        uint40 time = uint40(block.timestamp);
        return Report(next, time - 2, time, root, keccak256("observations"));
    }

    /// Submits a report whose root is given, signed by exactly a quorum.
    function submitRoot(bytes32 root) internal returns (uint40 round) {
        Report memory r = reportOf(root);
        uint256 bitmap = quorumBitmap();
        oracle.submit(r, bitmap, signAll(reportDigest(separator(), set.configDigest(), r), bitmap));
        return r.round;
    }

    function leafOf(
        QuestionSpec memory s,
        Outcome outcome,
        bytes32 value,
        uint16 confidence,
        bytes32 evidence
    ) internal view returns (bytes32) {
        return keccak256(
            bytes.concat(keccak256(abi.encode(oracle.questionIdOf(s), outcome, value, confidence, evidence)))
        );
    }

    /// Asks, reports and accepts one answer in a round of its own.
    function answered(QuestionSpec memory s, int64 value) internal returns (QuestionId id) {
        id = oracle.ask(s);
        accept(s, Outcome.ANSWERED, bytes32(uint256(int256(value))));
    }

    function accept(QuestionSpec memory s, Outcome outcome, bytes32 value) internal returns (uint40 round) {
        round = submitRoot(leafOf(s, outcome, value, 9_000, bytes32(uint256(5))));
        oracle.accept(s, round, outcome, value, 9_000, bytes32(uint256(5)), new bytes32[](0));
    }

    function statementOf(QuestionSpec memory s, uint256 source, int64 value, uint256 at)
        internal
        view
        returns (SignedStatement memory)
    {
        Statement memory said = Statement(s.topic, s.subject, value, 7, uint40(at));
        return SignedStatement(said, statementSignature(said, sourceKeys[source]));
    }

    function statementSignature(Statement memory said, uint256 key) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(STATEMENT_TYPEHASH, said.topic, said.subject, said.value, said.detail, said.observedAt)
        );
        (uint8 v, bytes32 r, bytes32 sig) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", separator(), structHash)));
        return abi.encodePacked(r, sig, v);
    }

    /// Has one reporter of a set proved to have signed two reports for one round; the beneficiary brings the proof.
    function slashOne(uint16 epoch, uint8 reporter, address beneficiary) internal {
        bytes32 config = configOf(epoch);
        Report memory a = reportOf(keccak256("a"));
        Report memory b = reportOf(keccak256("b"));
        uint256 key = keyOf(set.keysOf(epoch), reporter);
        bytes memory signedA = sign64(key, reportDigest(separator(), config, a));
        bytes memory signedB = sign64(key, reportDigest(separator(), config, b));
        vm.prank(beneficiary);
        oracle.slashPastEquivocation(epoch, reporter, a, signedA, b, signedB);
    }

    function configOf(uint16 epoch) internal view returns (bytes32 config) {
        bytes memory code = set.keysOf(epoch).code;
        assembly ("memory-safe") {
            config := mload(add(code, 0x21))
        }
    }

    function keyOf(address written, uint256 index) private view returns (uint256) {
        bytes memory code = written.code;
        address reporter;
        assembly ("memory-safe") {
            reporter := shr(96, mload(add(code, add(0x41, mul(20, index)))))
        }
        for (uint256 i = 0; i < keys.length; ++i) {
            if (vm.addr(keys[i]) == reporter) return keys[i];
        }
        revert("no key");
    }

    function statusOf(QuestionId id) internal view returns (uint256) {
        return uint256(oracle.answerOf(id).status);
    }

    function assertStatus(QuestionId id, Status wanted) internal view {
        vm.assertEq(statusOf(id), uint256(wanted));
    }

    function outcomeAndValue(QuestionId id) internal view returns (Outcome, int256) {
        Answer memory a = oracle.answerOf(id);
        return (a.outcome, int256(uint256(a.value)));
    }
}
