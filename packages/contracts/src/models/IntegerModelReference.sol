// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BlobLayout, IntegerModelBlob } from "./IntegerModelBlob.sol";

/// @title The integer model in plain Solidity: what the kernel must equal, bit for bit.
/// @dev Read this to understand the arithmetic; IntegerModel is the same in lanes. Never deployed.
library IntegerModelReference {
    using IntegerModelBlob for bytes;

    /// The last layer's accumulators.
    function inferAll(bytes memory blob, bytes memory input) internal pure returns (int256[] memory sums) {
        BlobLayout memory parts = blob.layoutOf();
        require(input.length == parts.inputs);
        int256[] memory values = new int256[](parts.inputs);
        for (uint256 i = 0; i < parts.inputs; ++i) {
            require(uint8(input[i]) < 128);
            values[i] = int256(uint256(uint8(input[i])));
        }
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            sums = new int256[](parts.outputs[layer]);
            for (uint256 output = 0; output < sums.length; ++output) {
                sums[output] = blob.readInt32(parts.biasesAt[layer] + 4 * output);
                for (uint256 i = 0; i < values.length; ++i) {
                    int256 weight = int8(uint8(blob[parts.weightsAt[layer] + output * values.length + i]));
                    sums[output] += weight * values[i];
                }
            }
            if (layer + 1 == parts.layerCount) return sums;
            values = new int256[](sums.length);
            for (uint256 output = 0; output < sums.length; ++output) {
                int256 shifted = sums[output] >> parts.shifts[layer];
                values[output] = shifted < 0 ? int256(0) : shifted > 127 ? int256(127) : shifted;
            }
        }
    }

    /// The calibrated output of a model with one output.
    function infer(bytes memory blob, bytes memory input) internal pure returns (int256) {
        int256[] memory sums = inferAll(blob, input);
        require(sums.length == 1);
        BlobLayout memory parts = blob.layoutOf();
        int256 raw = sums[0];
        if (parts.knotCount == 0) return raw;
        (int256 x, int256 y) = _knot(blob, parts, 0);
        if (raw <= x) return y;
        for (uint256 i = 1; i < parts.knotCount; ++i) {
            (int256 nextX, int256 nextY) = _knot(blob, parts, i);
            if (raw < nextX) return y + ((nextY - y) * (raw - x)) / (nextX - x);
            (x, y) = (nextX, nextY);
        }
        return y;
    }

    function _knot(bytes memory blob, BlobLayout memory parts, uint256 i)
        private
        pure
        returns (int256 x, int256 y)
    {
        x = blob.readInt32(parts.knotsAt + 8 * i);
        y = int256(blob.read(parts.knotsAt + 8 * i + 4, 4));
    }
}
