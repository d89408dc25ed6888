// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { FaucetBatch, IPlayMoney } from "../../src/shared/FaucetBatch.sol";
import { PlayDollar } from "../../src/shared/PlayDollar.sol";
import { PlayShare } from "../../src/shared/PlayShare.sol";
import { Test } from "../support/Test.sol";

contract FaucetBatchTest is Test {
    FaucetBatch private batch;
    PlayDollar private dollar;
    PlayShare private share;
    address private receiver = address(0xa11ce);

    function setUp() external {
        batch = new FaucetBatch();
        dollar = new PlayDollar();
        share = new PlayShare();
    }

    function testFuzz_take(uint8 times) external {
        batch.take(IPlayMoney(address(dollar)), times, receiver);
        batch.take(IPlayMoney(address(share)), times, receiver);
        vm.assertEq(dollar.balanceOf(receiver), uint256(times) * 10_000e6);
        vm.assertEq(share.balanceOf(receiver), uint256(times) * 10e6);
        vm.assertEq(dollar.balanceOf(address(batch)), 0);
        vm.assertEq(share.balanceOf(address(batch)), 0);
    }

    /// Twenty million dollars in one transaction, well below the 16.7 million gas of EIP-7825.
    function test_take_theSeedOfAMarket() external {
        uint256 before = gasleft();
        batch.take(IPlayMoney(address(dollar)), 2_000, receiver);
        vm.assertLt(before - gasleft(), 12_000_000);
        vm.assertEq(dollar.balanceOf(receiver), 20_000_000e6);
    }
}
