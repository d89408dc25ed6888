// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC4626 } from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { IERC4626 } from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICoverPool } from "./ICoverPool.sol";

/// @title Capital behind the cover. What live policies may claim, and premiums that may be refunded, never leave
/// with a provider.
/// @dev OpenZeppelin's virtual shares with a decimals offset of 6 make an inflation attack cost a million times
/// what it takes.
contract CoverPool is ERC4626, ICoverPool {
    using SafeERC20 for IERC20;

    error PoolOnlyCover(address got, address wanted);
    error PoolExhausted(uint256 got, uint256 wanted);

    struct Exit {
        uint128 shares;
        uint40 claimableFrom;
    }

    uint256 private constant BPS = 10_000;

    address public immutable cover;
    uint40 public immutable exitDelay;
    uint256 public immutable maxUtilisationBps;

    /// One slot: both change in every sale and every settlement.
    uint128 private _reserved;
    uint128 private _unearned;

    mapping(address owner => Exit) private _exits;

    modifier onlyCover() {
        if (msg.sender != cover) revert PoolOnlyCover(msg.sender, cover);
        _;
    }

    constructor(IERC20 asset_, address cover_, uint40 exitDelay_, uint256 maxUtilisationBps_)
        ERC4626(asset_)
        ERC20("Lichen Cover Pool", "lcPOOL")
    {
        cover = cover_;
        exitDelay = exitDelay_;
        maxUtilisationBps = maxUtilisationBps_;
    }

    /// @inheritdoc ICoverPool
    function totalReserved() public view returns (uint256) {
        return _reserved;
    }

    /// @inheritdoc ICoverPool
    function unearnedPremiums() public view returns (uint256) {
        return _unearned;
    }

    /// @inheritdoc IERC4626
    function totalAssets() public view override(ERC4626, IERC4626) returns (uint256) {
        // A donation cannot make this negative and every outflow is matched: balance >= unearned always.
        return IERC20(asset()).balanceOf(address(this)) - _unearned;
    }

    /// @inheritdoc ICoverPool
    function capacity() external view returns (uint256) {
        uint256 limit = Math.mulDiv(totalAssets(), maxUtilisationBps, BPS);
        return limit > _reserved ? limit - _reserved : 0;
    }

    /// @inheritdoc ICoverPool
    function requestExit(uint256 shares) external {
        uint40 claimableFrom = uint40(block.timestamp) + exitDelay;
        uint256 held = balanceOf(msg.sender);
        _exits[msg.sender] = Exit(uint128(Math.min(shares, held)), claimableFrom);
        emit ExitRequested(msg.sender, Math.min(shares, held), claimableFrom);
    }

    /// @inheritdoc ICoverPool
    function exitOf(address owner)
        public
        view
        returns (uint256 shares, uint256 claimableFrom, uint256 lapsesAfter)
    {
        Exit memory exit = _exits[owner];
        // A request without an end would be a standing right to leave just before a loss, and the delay worth nothing.
        return (exit.shares, exit.claimableFrom, uint256(exit.claimableFrom) + exitDelay);
    }

    /// @inheritdoc IERC4626
    function maxRedeem(address owner) public view override(ERC4626, IERC4626) returns (uint256) {
        (uint256 announced, uint256 claimableFrom, uint256 lapsesAfter) = exitOf(owner);
        if (announced == 0 || block.timestamp < claimableFrom || block.timestamp > lapsesAfter) return 0;
        uint256 assets = totalAssets();
        uint256 free = assets > _reserved ? assets - _reserved : 0;
        uint256 shares = Math.min(announced, balanceOf(owner));
        return Math.min(shares, _convertToShares(free, Math.Rounding.Floor));
    }

    /// @inheritdoc IERC4626
    function maxWithdraw(address owner) public view override(ERC4626, IERC4626) returns (uint256) {
        return _convertToAssets(maxRedeem(owner), Math.Rounding.Floor);
    }

    /// @inheritdoc ICoverPool
    function reserve(uint256 payout, uint256 premium) external onlyCover {
        uint256 reserved = uint256(_reserved) + payout;
        // The premium of this very policy is in the balance already and counts as unearned from here on.
        _unearned += uint128(premium);
        uint256 limit = Math.mulDiv(totalAssets(), maxUtilisationBps, BPS);
        if (reserved > limit) revert PoolExhausted(reserved, limit);
        _reserved = uint128(reserved);
        emit Reserved(payout, reserved);
    }

    /// @inheritdoc ICoverPool
    function release(uint256 payout, uint256 premium) external onlyCover {
        _settle(payout, premium);
    }

    /// @inheritdoc ICoverPool
    function payOut(address to, uint256 payout, uint256 premium) external onlyCover {
        _settle(payout, premium);
        emit PaidOut(to, payout);
        IERC20(asset()).safeTransfer(to, payout);
    }

    /// @inheritdoc ICoverPool
    function refund(address to, uint256 payout, uint256 premium) external onlyCover {
        _settle(payout, premium);
        emit PaidOut(to, premium);
        IERC20(asset()).safeTransfer(to, premium);
    }

    /// @inheritdoc ICoverPool
    function spend(address to, uint256 amount) external onlyCover {
        uint256 assets = totalAssets();
        if (assets < _reserved + amount) revert PoolExhausted(_reserved + amount, assets);
        emit Spent(to, amount);
        IERC20(asset()).safeTransfer(to, amount);
    }

    function _settle(uint256 payout, uint256 premium) private {
        _reserved -= uint128(payout);
        _unearned -= uint128(premium);
        emit Released(payout, _reserved);
    }

    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
    {
        _exits[owner].shares -= uint128(shares);
        super._withdraw(caller, receiver, owner, assets, shares);
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}
