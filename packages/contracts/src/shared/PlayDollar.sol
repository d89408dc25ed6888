// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "solady/tokens/ERC20.sol";

/// @title Play money of the embedded network: anybody may take some, it has no value.
contract PlayDollar is ERC20 {
    error PlayDollarFaucetLimit(uint256 got, uint256 wanted);

    /// The most that one call of the faucet gives: 10,000 pUSD.
    uint256 public constant FAUCET_LIMIT = 10_000e6;

    /// Mints `amount` base units to the caller.
    function faucet(uint256 amount) external {
        if (amount > FAUCET_LIMIT) revert PlayDollarFaucetLimit(amount, FAUCET_LIMIT);
        _mint(msg.sender, amount);
    }

    function name() public pure override returns (string memory) {
        return "Lichen Play Dollar";
    }

    function symbol() public pure override returns (string memory) {
        return "pUSD";
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
