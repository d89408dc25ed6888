// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IOracle, Outcome, Report } from "../../src/oracle/IOracle.sol";
import { Oracle } from "../../src/oracle/Oracle.sol";
import { Quorum } from "../../src/oracle/Quorum.sol";
import { OracleFixture } from "./OracleFixture.sol";

/// Every way in which a signed report can be wrong.
contract OracleReportsTest is OracleFixture {
    function setUp() external {
        deploy(7);
    }

    function _digest(Report memory r) private view returns (bytes32) {
        return reportDigest(separator(), set.configDigest(), r);
    }

    function test_submitStoresTheRound() external {
        Report memory r = reportOf(keccak256("root"));
        bytes memory signatures = signAll(_digest(r), 0x5b);
        vm.expectEmit(address(oracle));
        emit IOracle.RoundReported(r.round, r.root, r.dataDigest, 0x5b, r.observedFrom, r.observedTo);
        oracle.submit(r, 0x5b, signatures);
        vm.assertEq(uint256(oracle.lastRound()), r.round);
        vm.assertEq(uint256(oracle.lastReportAt()), block.timestamp);
        vm.assertEq(oracle.configDigest(), set.configDigest());
    }

    function test_refusesAReplayedOrOlderRound() external {
        vm.warp(block.timestamp + 100);
        Report memory r = reportOf(keccak256("root"));
        r.round = 9;
        bytes memory signatures = signAll(_digest(r), 0x1f);
        oracle.submit(r, 0x1f, signatures);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundNotNewer.selector, 9, 9));
        oracle.submit(r, 0x1f, signatures);
        r.round = 8;
        signatures = signAll(_digest(r), 0x1f);
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundNotNewer.selector, 8, 9));
        oracle.submit(r, 0x1f, signatures);
    }

    function test_refusesTheFutureAndBackwardSpans() external {
        Report memory r = reportOf(0);
        r.observedTo += 1;
        bytes memory signatures = signAll(_digest(r), 0x1f);
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleReportFromFuture.selector, r.observedTo, block.timestamp)
        );
        oracle.submit(r, 0x1f, signatures);
        r = reportOf(0);
        r.observedFrom = r.observedTo + 1;
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleReportSpan.selector, r.observedFrom, r.observedTo)
        );
        oracle.submit(r, 0x1f, signatures);
        r = reportOf(0);
        r.round = uint40(block.timestamp) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(Oracle.OracleReportFromFuture.selector, r.round, block.timestamp)
        );
        oracle.submit(r, 0x1f, signatures);
    }

    function test_refusesEveryFlippedField() external {
        Report memory r = reportOf(keccak256("root"));
        bytes memory signatures = signAll(_digest(r), 0x1f);
        for (uint256 field = 0; field < 5; ++field) {
            Report memory changed = reportOf(keccak256("root"));
            if (field == 0) changed.round += 1;
            if (field == 1) changed.observedFrom -= 1;
            if (field == 2) changed.observedTo -= 1;
            if (field == 3) changed.root = keccak256("another");
            if (field == 4) changed.dataDigest = keccak256("another");
            vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
            oracle.submit(changed, 0x1f, signatures);
        }
        oracle.submit(r, 0x1f, signatures);
    }

    function test_refusesAnotherChainContractAndSet() external {
        Report memory r = reportOf(0);
        bytes32 config = set.configDigest();
        bytes memory wrongChain = signAll(reportDigest(separatorOf(1, address(oracle)), config, r), 0x1f);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        oracle.submit(r, 0x1f, wrongChain);
        bytes memory wrongContract =
            signAll(reportDigest(separatorOf(block.chainid, address(set)), config, r), 0x1f);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        oracle.submit(r, 0x1f, wrongContract);
        bytes memory wrongSet = signAll(reportDigest(separator(), keccak256("other set"), r), 0x1f);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        oracle.submit(r, 0x1f, wrongSet);
        // The same signatures after the chain forked to another id.
        bytes memory right = signAll(_digest(r), 0x1f);
        vm.chainId(777);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        oracle.submit(r, 0x1f, right);
    }

    function test_refusesBelowQuorumAndForeignBits() external {
        Report memory r = reportOf(0);
        bytes32 digest = _digest(r);
        bytes memory signatures = signAll(digest, 0x0f);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumNotReached.selector, 4, 5));
        oracle.submit(r, 0x0f, signatures);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumNotReached.selector, 0, 5));
        oracle.submit(r, 0, "");
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumBitmapOutside.selector, 0x8f, 7));
        oracle.submit(r, 0x8f, signatures);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumBitmapOutside.selector, type(uint256).max, 7));
        oracle.submit(r, type(uint256).max, signatures);
    }

    function test_refusesWrongLengths() external {
        Report memory r = reportOf(0);
        bytes memory signatures = signAll(_digest(r), 0x1f);
        bytes memory longer = bytes.concat(signatures, hex"00");
        bytes memory twice = bytes.concat(signatures, signatures);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureLength.selector, 321, 320));
        oracle.submit(r, 0x1f, longer);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureLength.selector, 640, 320));
        oracle.submit(r, 0x1f, twice);
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureLength.selector, 320, 384));
        oracle.submit(r, 0x3f, signatures);
    }

    /// One reporter's signature in five places is one signature.
    function test_refusesARepeatedSigner() external {
        Report memory r = reportOf(0);
        bytes memory one = sign64(keys[0], _digest(r));
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 4));
        oracle.submit(r, 0x1f, bytes.concat(one, one, one, one, one));
    }

    function test_refusesSwappedOrder() external {
        Report memory r = reportOf(0);
        bytes32 digest = _digest(r);
        bytes memory swapped =
            bytes.concat(sign64(keys[1], digest), sign64(keys[0], digest), signAll(digest, 0x1c));
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, 1));
        oracle.submit(r, 0x1f, swapped);
    }

    /// Signatures that recover to nothing (r = s = 0) never count, wherever they stand.
    function testFuzz_refusesUnrecoverable(uint8 position) external {
        Report memory r = reportOf(0);
        uint256 bad = bound(position, 0, 4);
        bytes32 digest = _digest(r);
        bytes memory signatures;
        for (uint256 i = 0; i < 5; ++i) {
            signatures = bytes.concat(signatures, i == bad ? new bytes(64) : sign64(keys[i], digest));
        }
        vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumSignatureWrong.selector, bad));
        oracle.submit(r, 0x1f, signatures);
    }

    function testFuzz_anyFlippedBitIsRefused(uint16 bit) external {
        Report memory r = reportOf(0);
        bytes memory signatures = signAll(_digest(r), 0x1f);
        uint256 flipped = bound(bit, 0, signatures.length * 8 - 1);
        signatures[flipped / 8] = bytes1(uint8(signatures[flipped / 8]) ^ uint8(1 << (flipped % 8)));
        vm.expectPartialRevert(Quorum.QuorumSignatureWrong.selector);
        oracle.submit(r, 0x1f, signatures);
    }

    /// Every bitmap with a quorum passes, every other is refused.
    function testFuzz_bitmaps(uint8 bits) external {
        uint256 bitmap = bits & 0x7f;
        uint256 count;
        for (uint256 i = 0; i < 7; ++i) {
            count += (bitmap >> i) & 1;
        }
        Report memory r = reportOf(0);
        bytes memory signatures = signAll(_digest(r), bitmap);
        if (count < 5) vm.expectRevert(abi.encodeWithSelector(Quorum.QuorumNotReached.selector, count, 5));
        oracle.submit(r, bitmap, signatures);
    }

    function test_followSetIsForTheSetOnly() external {
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleOnlySet.selector, address(this), address(set)));
        oracle.followSet(9, address(this));
    }

    function test_roundsBeyondTheRingAreGone() external {
        submitRoot(keccak256("old"));
        Report memory r = reportOf(keccak256("new"));
        r.round = 1 + 4096;
        oracle.submit(r, 0x1f, signAll(_digest(r), 0x1f));
        vm.expectRevert(abi.encodeWithSelector(Oracle.OracleRoundGone.selector, 1));
        this.acceptFrom(1);
    }

    function acceptFrom(uint40 round) external {
        oracle.accept(spec(1, 0, 4), round, Outcome.ANSWERED, 0, 0, 0, new bytes32[](0));
    }

    function test_gasOfReport21Of31() external {
        deploy31();
        Report memory r = reportOf(keccak256("a"));
        oracle.submit(r, (1 << 21) - 1, signAll(_digest(r), (1 << 21) - 1));
        r = reportOf(keccak256("b"));
        r.round = 1 + 4096;
        uint256 bitmap = 0x3fffff & ~uint256(1);
        bytes memory signatures = signAll(_digest(r), bitmap);
        vm.cool(address(oracle));
        vm.cool(set.keys());
        oracle.submit(r, bitmap, signatures);
        vm.snapshotGasLastCall("oracle", "submit 21 of 31, execution");
    }

    function deploy31() private {
        delete keys;
        delete sourceKeys;
        deploy(31);
    }
}
