// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC4337Utils } from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { P256 } from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import { AccountParts } from "./AccountBase.sol";
import { IAccountFactory } from "./IAccountFactory.sol";
import { IPasskeyAccount, Listing, Passkey } from "./IPasskeyAccount.sol";
import { PasskeyAccount } from "./PasskeyAccount.sol";

/// @title Makes accounts, and is the directory in which a new browser finds them.
/// @dev Holds no storage: an account's own code says what its address must be.
contract AccountFactory is IAccountFactory {
    /// Bytes of a clone before its arguments, and of the arguments `x ‖ y ‖ seed`.
    uint256 private constant CLONE_LENGTH = 0x2d + 96;

    /// @inheritdoc IAccountFactory
    address public immutable implementation;

    constructor(address mandateValidator, address mandateExecutor, address guardianRecovery) {
        implementation = address(
            new PasskeyAccount(
                AccountParts(address(this), mandateValidator, mandateExecutor, guardianRecovery)
            )
        );
    }

    /// @inheritdoc IAccountFactory
    function createAccount(
        Passkey calldata key,
        bytes32 salt,
        Listing calldata listing,
        Execution[] calldata birthCalls
    ) external returns (address account) {
        bytes memory args = _argsOf(key, salt, birthCalls);
        account = Clones.predictDeterministicAddressWithImmutableArgs(implementation, args, 0);
        bool isNew = account.code.length == 0;
        if (isNew) {
            if (!P256.isValidPublicKey(key.x, key.y)) {
                revert IPasskeyAccount.AccountPasskeyInvalid(key.x, key.y);
            }
            Clones.cloneDeterministicWithImmutableArgs(implementation, args, 0);
            if (birthCalls.length != 0) IPasskeyAccount(account).birth(abi.encode(birthCalls));
            // After the birth calls, which may fail: too little gas for one of them leaves too little for the events, so
            // that nobody can bring an account to life with its birth calls starved.
            emit AccountCreated(account, key.x, key.y);
        }
        // Listed again where the account exists: whoever created it first may have listed nonsense.
        if (listing.lookup != 0) {
            emit PasskeyListed(listing.lookup, account, key.x, key.y, listing.mac);
        }
    }

    /// @inheritdoc IAccountFactory
    function list(Passkey calldata key, Listing calldata listing) external {
        emit PasskeyListed(listing.lookup, msg.sender, key.x, key.y, listing.mac);
    }

    /// @inheritdoc IAccountFactory
    function stake(uint32 unstakeDelay) external payable {
        ERC4337Utils.ENTRYPOINT_V08.addStake{ value: msg.value }(unstakeDelay);
    }

    /// @inheritdoc IAccountFactory
    function accountOf(Passkey calldata key, bytes32 salt, Execution[] calldata birthCalls)
        external
        view
        returns (address)
    {
        return Clones.predictDeterministicAddressWithImmutableArgs(
            implementation, _argsOf(key, salt, birthCalls), 0
        );
    }

    /// @inheritdoc IAccountFactory
    function isAccount(address account) external view returns (bool) {
        if (account.code.length != CLONE_LENGTH) return false;
        bytes memory args = Clones.fetchCloneArgs(account);
        return account == Clones.predictDeterministicAddressWithImmutableArgs(implementation, args, 0);
    }

    function _argsOf(Passkey calldata key, bytes32 salt, Execution[] calldata birthCalls)
        private
        pure
        returns (bytes memory)
    {
        return abi.encode(key.x, key.y, keccak256(abi.encode(salt, birthCalls)));
    }
}
