// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A token of play money.
interface IPlayMoney {
    function FAUCET_LIMIT() external view returns (uint256);
    function faucet(uint256 amount) external;
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @title Asks a faucet many times in one transaction. Anybody may; it keeps nothing.
contract FaucetBatch {
    /// Gives `receiver` what `times` calls of the token's faucet give at most.
    function take(IPlayMoney token, uint256 times, address receiver) external {
        uint256 limit = token.FAUCET_LIMIT();
        for (uint256 i; i < times; ++i) {
            token.faucet(limit);
        }
        // Of a token that reverts where it cannot pay.
        token.transfer(receiver, limit * times);
    }
}
