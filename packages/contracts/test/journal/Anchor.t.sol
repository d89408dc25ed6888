// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Anchor } from "../../src/journal/Anchor.sol";
import { IAnchor } from "../../src/journal/IAnchor.sol";
import { Test } from "../support/Test.sol";

contract AnchorTest is Test {
    Anchor private anchors;
    address private writer = address(0xa11ce);

    function setUp() external {
        anchors = new Anchor();
    }

    function test_anchorsAHeadAndTellsOfIt() external {
        vm.expectEmit(address(anchors));
        emit IAnchor.Anchored(writer, 7, keccak256("root"));
        vm.prank(writer);
        anchors.anchor(7, keccak256("root"));
        (uint64 size, bytes24 commitment) = anchors.headOf(writer);
        vm.assertEq(uint256(size), 7);
        vm.assertEq(
            bytes32(commitment), bytes32(bytes24(keccak256(abi.encode(uint64(7), keccak256("root")))))
        );
        vm.assertTrue(anchors.isHead(writer, 7, keccak256("root")));
        vm.assertFalse(anchors.isHead(writer, 7, keccak256("other")));
        vm.assertFalse(anchors.isHead(writer, 8, keccak256("root")));
        vm.assertFalse(anchors.isHead(address(this), 7, keccak256("root")));
        vm.assertFalse(anchors.isHead(address(this), 0, bytes32(0)));
    }

    function testFuzz_onlyGrows(uint64 first, uint64 second, bytes32 a, bytes32 b) external {
        vm.assume(first > 0);
        anchors.anchor(first, a);
        if (second <= first) {
            vm.expectRevert(abi.encodeWithSelector(IAnchor.AnchorNotGrowing.selector, second, first));
            anchors.anchor(second, b);
            vm.assertTrue(anchors.isHead(address(this), first, a));
        } else {
            anchors.anchor(second, b);
            vm.assertTrue(anchors.isHead(address(this), second, b));
        }
    }

    function test_anEmptyJournalHasNoHead() external {
        vm.expectRevert(abi.encodeWithSelector(IAnchor.AnchorNotGrowing.selector, 0, 0));
        anchors.anchor(0, bytes32(0));
    }

    function test_writersDoNotShareAHead() external {
        anchors.anchor(9, "a");
        vm.prank(writer);
        anchors.anchor(1, "b");
        (uint64 own,) = anchors.headOf(address(this));
        vm.assertEq(uint256(own), 9);
    }

    function test_gasOfAnAnchor() external {
        anchors.anchor(1_000, keccak256("one"));
        vm.cool(address(anchors));
        anchors.anchor(2_000, keccak256("two"));
        vm.snapshotGasLastCall("journal", "anchor, not the first of its writer, execution");
    }
}
