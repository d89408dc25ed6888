// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "solady/tokens/ERC20.sol";
import { PlayShare } from "../../src/shared/PlayShare.sol";
import { Test } from "../support/Test.sol";

contract PlayShareTest is Test {
    PlayShare private share;

    function setUp() external {
        share = new PlayShare();
    }

    function test_saysWhatItIs() external view {
        vm.assertEq(share.symbol(), "pSPX");
        vm.assertEq(share.name(), "Lichen Play Share of the S&P 500");
        vm.assertEq(uint256(share.decimals()), 6);
        vm.assertEq(share.totalSupply(), 0);
    }

    function testFuzz_faucet_limited(uint256 amount) external {
        address taker = address(0xa11ce);
        if (amount > share.FAUCET_LIMIT()) {
            vm.expectRevert(
                abi.encodeWithSelector(PlayShare.PlayShareFaucetLimit.selector, amount, share.FAUCET_LIMIT())
            );
        } else {
            vm.expectEmit(address(share));
            emit ERC20.Transfer(address(0), taker, amount);
        }
        vm.prank(taker);
        share.faucet(amount);
        uint256 given = amount > share.FAUCET_LIMIT() ? 0 : amount;
        vm.assertEq(share.balanceOf(taker), given);
        vm.assertEq(share.totalSupply(), given);
    }

    function test_nobodyHasAShortcut() external {
        share.faucet(1e6);
        vm.prank(address(0xbad));
        vm.expectRevert(ERC20.InsufficientAllowance.selector);
        share.transferFrom(address(this), address(0xbad), 1);
    }
}
