// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Paymaster } from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import { PaymasterSigner } from "@openzeppelin/contracts/account/paymaster/extensions/PaymasterSigner.sol";
import { ERC4337Utils } from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IEntryPoint } from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignerECDSA } from "@openzeppelin/contracts/utils/cryptography/signers/SignerECDSA.sol";
import { ISponsor } from "./ISponsor.sol";

/// @title Pays the gas of the operations that its service has signed (EntryPoint 0.8).
/// @dev Quotas are the service's: a signature names one operation and ends in time. All money here is the owner's.
contract Sponsor is ISponsor, PaymasterSigner, SignerECDSA, Ownable {
    constructor(address owner, address signer_)
        EIP712("Lichen Sponsor", "1")
        SignerECDSA(signer_)
        Ownable(owner)
    { }

    /// @inheritdoc Paymaster
    function entryPoint() public pure override returns (IEntryPoint) {
        return ERC4337Utils.ENTRYPOINT_V08;
    }

    /// @inheritdoc ISponsor
    function deposit() external payable {
        emit SponsorDeposited(msg.sender, msg.value);
        _deposit(msg.value);
    }

    /// @inheritdoc ISponsor
    function withdraw(address payable to, uint256 amount) external onlyOwner {
        emit SponsorWithdrawn(to, amount);
        _withdraw(to, amount);
    }

    /// @inheritdoc ISponsor
    function setSigner(address signer_) external onlyOwner {
        emit SponsorSignerSet(signer_);
        _setSigner(signer_);
    }

    /// @inheritdoc ISponsor
    function stake(uint32 unstakeDelay) external payable onlyOwner {
        emit SponsorStaked(msg.value, unstakeDelay);
        _addStake(msg.value, unstakeDelay);
    }

    /// @inheritdoc ISponsor
    function unlockStake() external onlyOwner {
        emit SponsorStakeUnlocked();
        _unlockStake();
    }

    /// @inheritdoc ISponsor
    function withdrawStake(address payable to) external onlyOwner {
        emit SponsorStakeWithdrawn(to);
        _withdrawStake(to);
    }
}
