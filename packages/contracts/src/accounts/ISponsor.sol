// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Pays the gas of operations that its service has signed. All money in it is the owner's.
interface ISponsor {
    event SponsorDeposited(address indexed from, uint256 amount);
    event SponsorWithdrawn(address indexed to, uint256 amount);
    event SponsorSignerSet(address indexed signer);
    event SponsorStaked(uint256 amount, uint32 unstakeDelay);
    event SponsorStakeUnlocked();
    event SponsorStakeWithdrawn(address indexed to);

    /// @notice Adds wei to what operations can be paid from. Anybody may.
    function deposit() external payable;
    function withdraw(address payable to, uint256 amount) external;
    /// @notice Sets the key of the service; what the former key signed is worth nothing from here on.
    function setSigner(address signer) external;
    /// @notice Stakes wei with the EntryPoint; `unstakeDelay` in seconds.
    function stake(uint32 unstakeDelay) external payable;
    function unlockStake() external;
    function withdrawStake(address payable to) external;
}
