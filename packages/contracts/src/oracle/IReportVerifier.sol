// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Checks that a quorum of the current reporter set signed a digest.
/// @notice ECDSA with the key set as contract code up to 64 reporters; BLS above is a later implementation of the same.
interface IReportVerifier {
    /// Reverts unless more than two thirds of the current set signed: bit i of `bitmap` = reporter i, 64-byte (r, s)
    /// signatures in ascending order, each normalised to v = 27.
    function verify(bytes32 digest, uint256 bitmap, bytes calldata signatures) external view;
    /// Names the current set: keccak256(abi.encode(epoch, reporters)).
    function configDigest() external view returns (bytes32);
}
