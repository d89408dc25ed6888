// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Where the parts of a canonical blob begin, after every limit of the format was checked.
struct BlobLayout {
    uint256 inputs;
    uint256 layerCount;
    uint256 knotCount;
    uint256 knotsAt;
    /// Per layer, unused ones zero.
    uint256[4] outputs;
    uint256[4] shifts;
    uint256[4] weightsAt;
    uint256[4] biasesAt;
}

/// @title Reads and checks the canonical blob of an integer model ("LIM1", docs/spec/integer-model.md).
library IntegerModelBlob {
    /// `field` names what is malformed; `got` is its value.
    error ModelMalformed(bytes32 field, int256 got);

    bytes4 internal constant MAGIC = "LIM1";
    uint256 internal constant MAX_INPUTS = 256;
    uint256 internal constant MAX_LAYERS = 4;
    uint256 internal constant MAX_SHIFT = 24;
    uint256 internal constant MAX_KNOTS = 32;
    int256 internal constant BIAS_LIMIT = 1 << 30;

    /// Checks everything that the format demands and returns where the parts are.
    function layoutOf(bytes memory blob) internal pure returns (BlobLayout memory parts) {
        require(blob.length >= 12, ModelMalformed("length", int256(blob.length)));
        require(bytes4(uint32(read(blob, 0, 4))) == MAGIC, ModelMalformed("magic", int256(read(blob, 0, 4))));
        parts.inputs = within("inputs", read(blob, 4, 2), 1, MAX_INPUTS);
        parts.layerCount = within("layers", read(blob, 6, 1), 1, MAX_LAYERS);
        uint256 cursor = 7;
        require(
            blob.length >= cursor + 4 * parts.layerCount + 1, ModelMalformed("length", int256(blob.length))
        );
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            bool last = layer + 1 == parts.layerCount;
            parts.outputs[layer] = within("outputs", read(blob, cursor, 2), 1, MAX_INPUTS);
            parts.shifts[layer] = within("shift", read(blob, cursor + 2, 1), 0, last ? 0 : MAX_SHIFT);
            within("activation", read(blob, cursor + 3, 1), last ? 0 : 1, last ? 0 : 1);
            cursor += 4;
        }
        parts.knotCount = read(blob, cursor, 1);
        cursor += 1;
        uint256 width = parts.inputs;
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            parts.weightsAt[layer] = cursor;
            cursor += width * parts.outputs[layer];
            parts.biasesAt[layer] = cursor;
            cursor += 4 * parts.outputs[layer];
            width = parts.outputs[layer];
        }
        parts.knotsAt = cursor;
        require(blob.length == cursor + 8 * parts.knotCount, ModelMalformed("length", int256(blob.length)));
        _checkBiases(blob, parts);
        _checkKnots(blob, parts, width);
    }

    /// Big-endian unsigned integer of `size` bytes at `offset`; the caller has checked the length.
    function read(bytes memory blob, uint256 offset, uint256 size) internal pure returns (uint256 value) {
        for (uint256 i = 0; i < size; ++i) {
            value = (value << 8) | uint8(blob[offset + i]);
        }
    }

    function readInt32(bytes memory blob, uint256 offset) internal pure returns (int256) {
        return int32(uint32(read(blob, offset, 4)));
    }

    function within(bytes32 field, uint256 value, uint256 low, uint256 high) private pure returns (uint256) {
        require(value >= low && value <= high, ModelMalformed(field, int256(value)));
        return value;
    }

    function _checkBiases(bytes memory blob, BlobLayout memory parts) private pure {
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            for (uint256 output = 0; output < parts.outputs[layer]; ++output) {
                int256 bias = readInt32(blob, parts.biasesAt[layer] + 4 * output);
                require(bias < BIAS_LIMIT && bias > -BIAS_LIMIT, ModelMalformed("bias", bias));
            }
        }
    }

    function _checkKnots(bytes memory blob, BlobLayout memory parts, uint256 lastOutputs) private pure {
        if (parts.knotCount == 0) return;
        require(
            parts.knotCount >= 2 && parts.knotCount <= MAX_KNOTS && lastOutputs == 1,
            ModelMalformed("knots", int256(parts.knotCount))
        );
        for (uint256 knot = 1; knot < parts.knotCount; ++knot) {
            uint256 offset = parts.knotsAt + 8 * knot;
            require(
                readInt32(blob, offset) > readInt32(blob, offset - 8), ModelMalformed("knot x", int256(knot))
            );
            require(
                read(blob, offset + 4, 4) >= read(blob, offset - 4, 4), ModelMalformed("knot y", int256(knot))
            );
        }
    }
}
