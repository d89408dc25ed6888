// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAnchor } from "./IAnchor.sol";

/// @title See IAnchor. Nobody owns it, and nothing in it can be changed but a writer's own head, forwards.
contract Anchor is IAnchor {
    /// Size in the upper 64 bits, commitment below.
    mapping(address writer => uint256) private _heads;

    /// @inheritdoc IAnchor
    function anchor(uint64 size, bytes32 root) external {
        uint64 last = uint64(_heads[msg.sender] >> 192);
        require(size > last, AnchorNotGrowing(size, last));
        _heads[msg.sender] = uint256(size) << 192 | uint192(_commitmentOf(size, root));
        emit Anchored(msg.sender, size, root);
    }

    /// @inheritdoc IAnchor
    function headOf(address writer) external view returns (uint64 size, bytes24 commitment) {
        uint256 head = _heads[writer];
        return (uint64(head >> 192), bytes24(uint192(head)));
    }

    /// @inheritdoc IAnchor
    function isHead(address writer, uint64 size, bytes32 root) external view returns (bool) {
        return size != 0 && _heads[writer] == uint256(size) << 192 | uint192(_commitmentOf(size, root));
    }

    function _commitmentOf(uint64 size, bytes32 root) private pure returns (bytes24) {
        return bytes24(keccak256(abi.encode(size, root)));
    }
}
