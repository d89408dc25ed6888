// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Heads of journals on the chain: what was written before a moment cannot be written differently after it.
/// @notice One packed slot per writer: 64 bits of size and 192 of a commitment to size and root. The full root is in the
/// event. That a head is a continuation of the one before is checked off chain, by witnesses and readers.
interface IAnchor {
    /// @notice `writer`'s journal has `size` entries under `root` (RFC 6962, SHA-256).
    event Anchored(address indexed writer, uint64 size, bytes32 root);

    /// @notice A journal only grows.
    error AnchorNotGrowing(uint64 got, uint64 last);

    /// @notice Anchors the head of msg.sender's journal.
    function anchor(uint64 size, bytes32 root) external;

    /// @notice The size that a writer anchored last, and the commitment: the first 192 bits of
    /// keccak256(abi.encode(size, root)). Zero for a writer that never did.
    function headOf(address writer) external view returns (uint64 size, bytes24 commitment);

    /// @notice Whether that is the head that a writer anchored last.
    function isHead(address writer, uint64 size, bytes32 root) external view returns (bool);
}
