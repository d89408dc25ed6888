// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { Listing, Passkey } from "./IPasskeyAccount.sol";

/// @notice Makes accounts, and is the directory in which a new browser finds them.
interface IAccountFactory {
    event AccountCreated(address indexed account, bytes32 x, bytes32 y);

    /// @notice A passkey of an account. Anybody may list anything: a browser trusts a listing only after it has checked
    /// `mac` with the user handle that the passkey gave it, and that the account holds the key.
    event PasskeyListed(bytes32 indexed lookup, address indexed account, bytes32 x, bytes32 y, bytes32 mac);

    /// @notice Creates the account, or returns it where it exists; lists its key either way. `birthCalls` are what the
    /// account itself does as its first act, for example granting its first mandate; the address commits to them and to
    /// the key. A birth call that fails is skipped (`ERC7579TryExecuteFail`), so that no lapsed session can keep an
    /// account from coming to life. A listing with `lookup` zero is none.
    function createAccount(
        Passkey calldata key,
        bytes32 salt,
        Listing calldata listing,
        Execution[] calldata birthCalls
    ) external returns (address account);

    /// @notice Where `createAccount` puts the account of the same arguments.
    function accountOf(Passkey calldata key, bytes32 salt, Execution[] calldata birthCalls)
        external
        view
        returns (address account);

    /// @notice Lists another passkey of the calling account.
    function list(Passkey calldata key, Listing calldata listing) external;

    /// @notice Stakes the wei sent with the EntryPoint, as bundlers ask of a factory whose accounts grant mandates at
    /// birth. Nobody can take it back. `unstakeDelay` in seconds.
    function stake(uint32 unstakeDelay) external payable;

    /// @notice The code that the accounts are clones of.
    function implementation() external view returns (address);

    /// @notice Whether this factory created the account.
    function isAccount(address account) external view returns (bool);
}
