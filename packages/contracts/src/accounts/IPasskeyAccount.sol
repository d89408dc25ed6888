// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Public key of a passkey: a point on P-256.
struct Passkey {
    bytes32 x;
    bytes32 y;
}

/// @notice What lets a new browser find the account of a passkey, and nobody else plant a false one. `u` is the 32 random
/// bytes that the passkey carries as its user handle; only the authenticator and the pages of its origin know them.
struct Listing {
    /// @notice keccak256("lichen.listing" ‖ u): what a browser searches for.
    bytes32 lookup;
    /// @notice keccak256(u ‖ account ‖ x ‖ y): proof that whoever made the listing knew `u`.
    bytes32 mac;
}

/// @notice A person's account, owned by up to 64 passkeys. The first passkey is part of the account's code, so that an
/// account costs no storage until it needs some.
///
/// A signature is `index(1) ‖ r(32) ‖ s(32) ‖ n(1) ‖ authenticatorData(n) ‖ suffix`, and the signed client data is
/// `{"type":"webauthn.get","challenge":"` ‖ base64url(hash) ‖ `"` ‖ suffix, the serialisation that WebAuthn level 2,
/// section 5.8.1.1 prescribes. User verification is required.
interface IPasskeyAccount {
    event PasskeyAdded(uint8 indexed index, bytes32 x, bytes32 y);
    event PasskeyRemoved(uint8 indexed index);

    error AccountNotFactory(address caller);
    error AccountPasskeyInvalid(bytes32 x, bytes32 y);
    error AccountPasskeyKnown(uint8 index);
    error AccountPasskeyUnknown(uint8 index);
    error AccountPasskeyLast();
    error AccountPasskeysFull();

    /// @notice The account's first act, ERC-7579 batch encoding; only the factory calls it, once.
    function birth(bytes calldata executionCalldata) external;

    /// @notice Adds a device. Only the account itself may call it.
    function addPasskey(Passkey calldata key, Listing calldata listing) external returns (uint8 index);

    /// @notice Removes a device; the last one stays.
    function removePasskey(uint8 index) external;

    /// @notice Removes all devices and puts one in their place: what recovery does. Modules that the account was not born
    /// with go too, and those it was born with come back: whoever held a lost device may have added or removed some.
    function replacePasskeys(Passkey calldata key, Listing calldata listing) external returns (uint8 index);

    /// @notice All devices in force; `indices[i]` is the index that a signature by `keys[i]` starts with.
    function passkeys() external view returns (uint8[] memory indices, Passkey[] memory keys);

    /// @notice The device at an index. Reverts with `AccountPasskeyUnknown` when it is not in force.
    function passkeyAt(uint8 index) external view returns (Passkey memory);
}
