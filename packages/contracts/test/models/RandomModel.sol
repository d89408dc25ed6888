// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Canonical blobs from a seed, with extreme weights, biases and shifts as likely as ordinary ones.
library RandomModel {
    struct Shape {
        uint256 inputs;
        uint256 layers;
        uint256 widest;
        bool knots;
    }

    function next(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function blobOf(uint256 seed, Shape memory shape) internal pure returns (bytes memory blob) {
        uint256[] memory outputs = new uint256[](shape.layers);
        bytes memory head;
        bytes memory body;
        uint256 width = shape.inputs;
        for (uint256 layer = 0; layer < shape.layers; ++layer) {
            seed = next(seed);
            bool last = layer + 1 == shape.layers;
            outputs[layer] = last && shape.knots ? 1 : 1 + (seed % shape.widest);
            // Small shifts leave room for the clamp at 127, large ones for the clamp at zero.
            uint8 shift = last ? 0 : uint8((seed >> 64) % 25);
            if ((seed >> 128) % 2 == 0 && !last) shift %= 10;
            head = bytes.concat(head, bytes2(uint16(outputs[layer])), bytes1(shift), bytes1(last ? 0 : 1));
            body = bytes.concat(body, _bytes(seed, width * outputs[layer]), _biases(seed, outputs[layer]));
            width = outputs[layer];
        }
        uint256 count = shape.knots ? 2 + (next(seed) % 31) : 0;
        blob = bytes.concat(
            "LIM1",
            bytes2(uint16(shape.inputs)),
            bytes1(uint8(shape.layers)),
            head,
            bytes1(uint8(count)),
            body
        );
        if (count > 0) blob = bytes.concat(blob, _knots(next(seed), count));
    }

    function inputOf(uint256 seed, uint256 length) internal pure returns (bytes memory input) {
        input = _bytes(next(seed), length);
        uint256 style = seed % 8;
        for (uint256 i = 0; i < length; ++i) {
            uint8 value = uint8(input[i]) & 127;
            if (style == 0) value = 127;
            if (style == 1) value = 0;
            input[i] = bytes1(value);
        }
    }

    function _bytes(uint256 seed, uint256 length) private pure returns (bytes memory result) {
        result = new bytes(length);
        uint256 style = seed % 16;
        for (uint256 i = 0; i < length; i += 32) {
            seed = next(seed);
            uint256 word =
                style == 0 ? 0x8080808080808080808080808080808080808080808080808080808080808080 : seed;
            if (style == 1) word = 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;
            for (uint256 j = i; j < length && j < i + 32; ++j) {
                result[j] = bytes1(uint8(word >> (8 * (j - i))));
            }
        }
    }

    function _biases(uint256 seed, uint256 count) private pure returns (bytes memory result) {
        for (uint256 i = 0; i < count; ++i) {
            seed = next(seed);
            int256 limit = seed % 4 == 0 ? int256((1 << 30) - 1) : int256(20_000);
            int256 bias = int256((seed >> 8) % uint256(2 * limit + 1)) - limit;
            if (seed % 16 == 0) bias = seed % 32 == 0 ? limit : -limit;
            result = bytes.concat(result, bytes4(uint32(int32(bias))));
        }
    }

    function _knots(uint256 seed, uint256 count) private pure returns (bytes memory result) {
        bool wide = seed % 2 == 0;
        int256 x = wide ? int256(type(int32).min) : -int256(seed % 50_000);
        uint256 y = 0;
        uint256 step = wide ? uint256(type(uint32).max) / count : 5_000;
        for (uint256 i = 0; i < count; ++i) {
            result = bytes.concat(result, bytes4(uint32(int32(x))), bytes4(uint32(y)));
            seed = next(seed);
            x += int256(1 + (seed % step));
            y += (seed >> 128) % step;
        }
    }
}
