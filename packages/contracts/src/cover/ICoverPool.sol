// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC4626 } from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title Capital behind the cover: an ERC-4626 vault whose owed payouts no provider can withdraw.
interface ICoverPool is IERC4626 {
    event Reserved(uint256 amount, uint256 totalReserved);
    event Released(uint256 amount, uint256 totalReserved);
    event PaidOut(address indexed to, uint256 amount);
    event Spent(address indexed to, uint256 amount);
    event ExitRequested(address indexed owner, uint256 shares, uint40 claimableFrom);

    function cover() external view returns (address);
    /// Payouts that live policies may claim, base units.
    function totalReserved() external view returns (uint256);
    /// Premiums of live policies: held for refunds, not yet earned by providers.
    function unearnedPremiums() external view returns (uint256);
    /// Assets that may back new policies: totalAssets × maxUtilisation − reserved.
    function capacity() external view returns (uint256);
    /// Providers announce an exit and can withdraw after `exitDelay`, at the price of that later moment, for as long again;
    /// then the announcement lapses. A new one replaces the old.
    function requestExit(uint256 shares) external;
    /// Shares that may still leave, from `claimableFrom` to `lapsesAfter`, both included (unix seconds).
    function exitOf(address owner)
        external
        view
        returns (uint256 shares, uint256 claimableFrom, uint256 lapsesAfter);
    function exitDelay() external view returns (uint40);
    /// Cover only.
    function reserve(uint256 payout, uint256 premium) external;
    function release(uint256 payout, uint256 premium) external;
    function payOut(address to, uint256 payout, uint256 premium) external;
    function refund(address to, uint256 payout, uint256 premium) external;
    /// Cover only: expenses such as prepaid oracle fees, out of what no policy may claim.
    function spend(address to, uint256 amount) external;
}
