// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { LibBit } from "solady/utils/LibBit.sol";

/// @title Checks a quorum of ECDSA signatures against a key set that lies in contract code.
/// @dev Key set code: STOP, configDigest (32 bytes), then 20 bytes a reporter in ascending order. One code read of 20
/// bytes a reporter replaces one cold storage read (2,100 gas) a signer.
library Quorum {
    error QuorumNoSet();
    error QuorumBitmapOutside(uint256 bitmap, uint256 reporters);
    error QuorumNotReached(uint256 got, uint256 wanted);
    error QuorumSignatureLength(uint256 got, uint256 wanted);
    /// The signature of the reporter with this index does not recover to its key.
    error QuorumSignatureWrong(uint256 reporter);

    /// Bytes before the first address.
    uint256 internal constant KEYS_AT = 33;
    uint256 internal constant MAX_REPORTERS = 64;

    /// More than two thirds: floor(2n/3) + 1.
    function quorumOf(uint256 reporters) internal pure returns (uint256) {
        return (2 * reporters) / 3 + 1;
    }

    /// Copies the key set into memory: returns its digest, the memory address of its first key and the number of keys.
    function load(address keys) internal view returns (bytes32 configDigest, uint256 first, uint256 count) {
        uint256 size = keys.code.length;
        require(size > KEYS_AT, QuorumNoSet());
        assembly ("memory-safe") {
            let free := mload(0x40)
            extcodecopy(keys, free, 1, sub(size, 1))
            configDigest := mload(free)
            first := add(free, 0x20)
            count := div(sub(size, 33), 20)
            mstore(0x40, and(add(add(free, size), 0x3f), not(0x1f)))
        }
    }

    /// The reporter with this index; zero when there is none.
    function keyAt(address keys, uint256 index) internal view returns (address key) {
        if (index >= MAX_REPORTERS) return address(0);
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(keys, 0, add(33, mul(index, 20)), 20)
            key := shr(96, mload(0))
        }
    }

    /// Reverts unless a quorum of the loaded keys signed.
    function check(uint256 first, uint256 count, bytes32 digest, uint256 bitmap, bytes calldata signatures)
        internal
        view
    {
        require(bitmap >> count == 0, QuorumBitmapOutside(bitmap, count));
        uint256 signers = LibBit.popCount(bitmap);
        require(signers >= quorumOf(count), QuorumNotReached(signers, quorumOf(count)));
        require(signatures.length == 64 * signers, QuorumSignatureLength(signatures.length, 64 * signers));
        uint256 wrong = type(uint256).max;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, digest)
            mstore(add(free, 0x20), 27)
            // The recovered address. A failed recovery writes nothing: the word then still holds zero or the key before,
            // and neither equals this key, since keys are neither zero nor repeated.
            let recovered := add(free, 0x80)
            mstore(recovered, 0)
            // From the highest index down, because CLZ finds the highest bit.
            let source := add(signatures.offset, signatures.length)
            for { } bitmap { } {
                let index := sub(255, clz(bitmap))
                bitmap := xor(bitmap, shl(index, 1))
                source := sub(source, 0x40)
                calldatacopy(add(free, 0x40), source, 0x40)
                pop(staticcall(gas(), 1, free, 0x80, recovered, 0x20))
                if xor(mload(recovered), shr(96, mload(add(first, mul(index, 20))))) {
                    wrong := index
                    break
                }
            }
        }
        require(wrong == type(uint256).max, QuorumSignatureWrong(wrong));
    }

    /// Address that made a 64-byte signature normalised to v = 27; zero when it is none.
    function recover(bytes32 digest, bytes calldata signature) internal view returns (address signer) {
        if (signature.length != 64) return address(0);
        return ecrecover(digest, 27, bytes32(signature[:32]), bytes32(signature[32:]));
    }
}
