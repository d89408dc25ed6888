// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AccountERC7579 } from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import { ERC7579Utils } from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { P256 } from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import { AbstractSigner } from "@openzeppelin/contracts/utils/cryptography/signers/AbstractSigner.sol";
import { AccountBase, AccountParts } from "./AccountBase.sol";
import { IAccountFactory } from "./IAccountFactory.sol";
import { IPasskeyAccount, Listing, Passkey } from "./IPasskeyAccount.sol";
import { PasskeySignature } from "./PasskeySignature.sol";

/// @title A person's account, owned by passkeys.
/// @dev A clone whose code carries `x ‖ y ‖ seed`: the first passkey, at index 0, and what its address commits to besides.
/// Further passkeys are in storage, at the lowest free index from 1; index 0 is not used again once it is removed.
/// Storage at erc7201:lichen.account.
contract PasskeyAccount layout at 0x637d239d3617e478a94381dc5490c6c0290357f3787ccd05f5512d4c1bda0600
    is
    AccountBase,
    IPasskeyAccount
{
    using ERC7579Utils for bytes;

    uint256 private constant MOST = 64;

    mapping(uint8 index => Passkey) private _keys;

    constructor(AccountParts memory parts) AccountBase(parts) { }

    /// @inheritdoc AccountERC7579
    function accountId() public pure override returns (string memory) {
        return "lichen.passkey.1.0.0";
    }

    /// @inheritdoc IPasskeyAccount
    function birth(bytes calldata executionCalldata) external {
        if (msg.sender != factory) revert AccountNotFactory(msg.sender);
        // One by one: an account whose first session has lapsed meanwhile must still come to life.
        executionCalldata.execBatch(ERC7579Utils.EXECTYPE_TRY);
    }

    /// @inheritdoc IPasskeyAccount
    function addPasskey(Passkey calldata key, Listing calldata listing)
        external
        onlyEntryPointOrSelf
        returns (uint8 index)
    {
        uint256 bits = _inForce();
        for (uint256 i = 0; i < MOST; ++i) {
            if (bits >> i & 1 == 0) continue;
            Passkey memory known = _keyAt(uint8(i));
            if (known.x == key.x && known.y == key.y) revert AccountPasskeyKnown(uint8(i));
        }
        index = _put(bits, key);
        _list(key, listing);
    }

    /// @inheritdoc IPasskeyAccount
    function removePasskey(uint8 index) external onlyEntryPointOrSelf {
        uint256 bits = _inForce();
        if (index >= MOST || bits >> index & 1 == 0) revert AccountPasskeyUnknown(index);
        if (bits == 1 << index) revert AccountPasskeyLast();
        _setInForce(bits & ~(1 << uint256(index)));
        delete _keys[index];
        emit PasskeyRemoved(index);
    }

    /// @inheritdoc IPasskeyAccount
    function replacePasskeys(Passkey calldata key, Listing calldata listing)
        external
        onlyEntryPointOrSelf
        returns (uint8 index)
    {
        uint256 bits = _inForce();
        for (uint256 i = 0; i < MOST; ++i) {
            if (bits >> i & 1 == 0) continue;
            delete _keys[uint8(i)];
            emit PasskeyRemoved(uint8(i));
        }
        _resetModules();
        index = _put(0, key);
        _list(key, listing);
    }

    /// @inheritdoc IPasskeyAccount
    function passkeys() external view returns (uint8[] memory indices, Passkey[] memory keys) {
        uint256 bits = _inForce();
        uint256 count;
        for (uint256 rest = bits; rest != 0; rest &= rest - 1) {
            ++count;
        }
        indices = new uint8[](count);
        keys = new Passkey[](count);
        uint256 found;
        for (uint256 i = 0; i < MOST; ++i) {
            if (bits >> i & 1 == 0) continue;
            indices[found] = uint8(i);
            keys[found] = _keyAt(uint8(i));
            ++found;
        }
    }

    /// @inheritdoc IPasskeyAccount
    function passkeyAt(uint8 index) external view returns (Passkey memory) {
        if (index >= MOST || _inForce() >> index & 1 == 0) revert AccountPasskeyUnknown(index);
        return _keyAt(index);
    }

    function _rawSignatureValidation(bytes32 hash, bytes calldata signature)
        internal
        view
        override(AbstractSigner, AccountERC7579)
        returns (bool)
    {
        if (!PasskeySignature.isWellFormed(signature)) return false;
        uint8 index = PasskeySignature.indexOf(signature);
        if (index >= MOST || _inForce() >> index & 1 == 0) return false;
        return PasskeySignature.verify(hash, signature, _keyAt(index));
    }

    function _put(uint256 bits, Passkey calldata key) private returns (uint8 index) {
        if (!P256.isValidPublicKey(key.x, key.y)) revert AccountPasskeyInvalid(key.x, key.y);
        uint256 free = 1;
        while (free < MOST && bits >> free & 1 == 1) ++free;
        if (free == MOST) revert AccountPasskeysFull();
        index = uint8(free);
        _setInForce(bits | 1 << free);
        _keys[index] = key;
        emit PasskeyAdded(index, key.x, key.y);
    }

    function _list(Passkey calldata key, Listing calldata listing) private {
        if (listing.lookup != 0) IAccountFactory(factory).list(key, listing);
    }

    function _inForce() private view returns (uint256) {
        return _state.passkeys ^ 1;
    }

    function _setInForce(uint256 bits) private {
        _state.passkeys = uint64(bits ^ 1);
    }

    function _keyAt(uint8 index) private view returns (Passkey memory key) {
        if (index != 0) return _keys[index];
        return abi.decode(Clones.fetchCloneArgs(address(this)), (Passkey));
    }
}
