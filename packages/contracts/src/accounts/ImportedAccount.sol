// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccountERC7579 } from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import { AbstractSigner } from "@openzeppelin/contracts/utils/cryptography/signers/AbstractSigner.sol";
import { SignerEIP7702 } from "@openzeppelin/contracts/utils/cryptography/signers/SignerEIP7702.sol";
import { AccountBase, AccountParts } from "./AccountBase.sol";

/// @title The code that an ordinary account (EOA) takes on by EIP-7702 to have mandates, batches and sponsored operations.
/// @dev Its one signer is the EOA's own key, which stays all-powerful: no guardian and no pause can stop it. This is a way
/// in from another wallet; a person's account is a `PasskeyAccount`.
/// Storage at erc7201:lichen.account, since the EOA may have had other code before.
contract ImportedAccount layout at 0x637d239d3617e478a94381dc5490c6c0290357f3787ccd05f5512d4c1bda0600
    is
    AccountBase,
    SignerEIP7702
{
    constructor(AccountParts memory parts) AccountBase(parts) { }

    /// @inheritdoc AccountERC7579
    function accountId() public pure override returns (string memory) {
        return "lichen.imported.1.0.0";
    }

    function _rawSignatureValidation(bytes32 hash, bytes calldata signature)
        internal
        view
        override(AbstractSigner, AccountERC7579, SignerEIP7702)
        returns (bool)
    {
        return SignerEIP7702._rawSignatureValidation(hash, signature);
    }
}
