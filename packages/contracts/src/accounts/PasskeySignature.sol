// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { P256 } from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import { Base64 } from "@openzeppelin/contracts/utils/Base64.sol";
import { Passkey } from "./IPasskeyAccount.sol";

/// @title The compact signature of a passkey: what a browser returns, without the bytes that the chain knows already.
/// @notice `index(1) ‖ r(32) ‖ s(32) ‖ n(1) ‖ authenticatorData(n) ‖ suffix`. The client data is rebuilt from the hash
/// (WebAuthn level 2, section 5.8.1.1), so its type and challenge are right by construction and need no search.
library PasskeySignature {
    uint256 private constant HEADER = 66;
    /// rpIdHash(32) ‖ flags(1) ‖ signCount(4).
    uint256 private constant LEAST_AUTHENTICATOR_DATA = 37;
    uint8 private constant USER_PRESENT = 0x01;
    uint8 private constant USER_VERIFIED = 0x04;
    uint8 private constant BACKUP_ELIGIBLE = 0x08;
    uint8 private constant BACKED_UP = 0x10;

    /// @notice Whether the parts have their lengths. The other functions may be called only then.
    function isWellFormed(bytes calldata signature) internal pure returns (bool) {
        if (signature.length < HEADER + LEAST_AUTHENTICATOR_DATA) return false;
        uint256 length = uint8(signature[65]);
        return length >= LEAST_AUTHENTICATOR_DATA && signature.length >= HEADER + length;
    }

    /// @notice Index of the passkey that is said to have signed.
    function indexOf(bytes calldata signature) internal pure returns (uint8) {
        return uint8(signature[0]);
    }

    /// @notice Whether `key` signed `hash`, with the user present and verified. A high `s` is refused, so that a signature
    /// has one form. Uses the precompile of EIP-7951; where a chain lacks it, OpenZeppelin's Solidity.
    function verify(bytes32 hash, bytes calldata signature, Passkey memory key) internal view returns (bool) {
        uint256 end = HEADER + uint8(signature[65]);
        bytes32 clientData = sha256(
            abi.encodePacked(
                '{"type":"webauthn.get","challenge":"',
                Base64.encodeURL(abi.encodePacked(hash)),
                '"',
                signature[end:]
            )
        );
        bool signed = P256.verify(
            sha256(abi.encodePacked(signature[HEADER:end], clientData)),
            bytes32(signature[1:33]),
            bytes32(signature[33:65]),
            key.x,
            key.y
        );
        // Flags last: a bundler that estimates gas with a placeholder signature walks the dear part too.
        return signed && _areFlagsRight(uint8(signature[HEADER + 32]));
    }

    function _areFlagsRight(uint8 flags) private pure returns (bool) {
        uint8 needed = USER_PRESENT | USER_VERIFIED;
        return flags & needed == needed && (flags & BACKUP_ELIGIBLE != 0 || flags & BACKED_UP == 0);
    }
}
