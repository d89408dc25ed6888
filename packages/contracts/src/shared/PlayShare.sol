// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "solady/tokens/ERC20.sol";

/// @title Play share of the S&P 500 on the embedded network: anybody may take some, it has no value and is a claim on nothing.
contract PlayShare is ERC20 {
    error PlayShareFaucetLimit(uint256 got, uint256 wanted);

    /// The most that one call of the faucet gives: 10 pSPX, of the order of what one call gives in play dollars.
    uint256 public constant FAUCET_LIMIT = 10e6;

    /// Mints `amount` base units to the caller.
    function faucet(uint256 amount) external {
        if (amount > FAUCET_LIMIT) revert PlayShareFaucetLimit(amount, FAUCET_LIMIT);
        _mint(msg.sender, amount);
    }

    function name() public pure override returns (string memory) {
        return "Lichen Play Share of the S&P 500";
    }

    function symbol() public pure override returns (string memory) {
        return "pSPX";
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
