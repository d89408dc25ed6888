// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BlobLayout, IntegerModelBlob } from "./IntegerModelBlob.sol";

/// @title Integer models in lanes: one MUL multiplies two inputs with their weights of eight units, and adds in pairs.
/// @notice Equals IntegerModelReference bit for bit; test/models holds them together by fuzzing.
/// @dev A word holds eight 32-bit lanes, one per unit. A lane starts at bias + 2^30 and gathers (weight + 128) × value,
/// both unsigned, so lanes never borrow from each other: |bias| < 2^30 and 256 × 255 × 127 < 2^23 keep every lane below
/// 2^31 + 2^23. What was added too much, 2^30 + 128 × Σ values, is one number a layer and is taken off when a lane is
/// read.
/// The pair: with weights u, v in the halves of a lane (u + v·2^16) and values p, q in one factor (q + p·2^16), the
/// product's upper half of the lane is u·p + v·q. The lower half gathers u·q and, from the lane below, v·p; each half is
/// at most 2 × 255 × 127 = 64,770 < 2^16, so nothing carries.
/// Weights lie four inputs to a word, of which the kernel takes two a turn: as dense as the blob where outputs and inputs
/// are multiples of eight.
///
/// Program: header word { inputs u16, layers u8, knots u8, then per layer outputs u16, shift u8 }; per layer and group
/// of eight units a word of biases and 2 × ceil(width / 8) words of weights; then the knots as in the blob.
library IntegerModel {
    using IntegerModelBlob for bytes;

    error ModelInputLength(uint256 got, uint256 wanted);
    /// Every byte of the input must be 0..127.
    error ModelInputRange();
    /// `infer` needs a model with one output; `inferAll` serves the others.
    error ModelOutputs(uint256 got, uint256 wanted);

    uint256 private constant BIAS_OFFSET = 1 << 30;
    /// One in each lane.
    uint256 private constant ONES = 0x0000000100000001000000010000000100000001000000010000000100000001;
    /// The low byte of each half of each lane: a pair of weights.
    uint256 private constant PAIRS = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    /// The lower half of each lane.
    uint256 private constant HALVES = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;

    /// Bytes of the program of a checked blob.
    function programSize(BlobLayout memory parts) internal pure returns (uint256 size) {
        size = 32 + 8 * parts.knotCount;
        uint256 width = parts.inputs;
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            size += ((parts.outputs[layer] + 7) / 8) * 32 * (1 + 2 * ((width + 7) / 8));
            width = parts.outputs[layer];
        }
    }

    /// Turns a checked blob into its program.
    function pack(bytes memory blob, BlobLayout memory parts) internal pure returns (bytes memory program) {
        program = new bytes(programSize(parts));
        uint256 header = (parts.inputs << 240) | (parts.layerCount << 232) | (parts.knotCount << 224);
        uint256 cursor;
        assembly ("memory-safe") {
            cursor := add(program, 0x40)
        }
        uint256 width = parts.inputs;
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            uint256 outputs = parts.outputs[layer];
            header |= ((outputs << 8) | parts.shifts[layer]) << (200 - 24 * layer);
            for (uint256 output = 0; output < outputs; ++output) {
                uint256 bias =
                    uint256(blob.readInt32(parts.biasesAt[layer] + 4 * output) + int256(BIAS_OFFSET));
                _packUnit(cursor, blob, parts.weightsAt[layer] + output * width, width, output % 8, bias);
                if (output % 8 == 7 || output + 1 == outputs) cursor += 32 * (1 + 2 * ((width + 7) / 8));
            }
            width = outputs;
        }
        uint256 knotsAt = parts.knotsAt;
        uint256 knotBytes = 8 * parts.knotCount;
        assembly ("memory-safe") {
            mstore(add(program, 0x20), header)
            mcopy(cursor, add(add(blob, 0x20), knotsAt), knotBytes)
        }
    }

    function _packUnit(
        uint256 group,
        bytes memory blob,
        uint256 weightsAt,
        uint256 width,
        uint256 lane,
        uint256 bias
    ) private pure {
        assembly ("memory-safe") {
            mstore(group, or(mload(group), shl(shl(5, lane), bias)))
            let source := add(add(blob, 0x20), weightsAt)
            // Address of the lane's lowest byte in the first word of weights.
            let target := add(group, sub(63, shl(2, lane)))
            for { let i := 0 } lt(i, width) { i := add(i, 1) } {
                // Of four inputs the first two are bytes 0 and 2 of the lane, the others 1 and 3.
                let place := or(shl(1, and(i, 1)), and(shr(1, i), 1))
                // Flipping the top bit of an int8 adds 128.
                mstore8(sub(add(target, shl(5, shr(2, i))), place), xor(byte(0, mload(add(source, i))), 0x80))
            }
        }
    }

    /// The calibrated output of a model with one output; `program` comes from `pack`.
    function infer(bytes memory program, bytes calldata input) internal pure returns (int256 output) {
        (uint256 lanes, uint256 outputs, uint256 offset, uint256 knots) = _run(program, input);
        require(outputs == 1, ModelOutputs(outputs, 1));
        assembly ("memory-safe") {
            output := sub(and(mload(lanes), 0xffffffff), offset)
            let count := byte(3, mload(add(program, 0x20)))
            if count {
                // The last knot whose x is at most the raw output, by halving; -1 clamps to the first.
                let low := 0
                let high := count
                for { } lt(low, high) { } {
                    let middle := shr(1, add(low, high))
                    switch sgt(signextend(3, shr(224, mload(add(knots, shl(3, middle))))), output)
                    case 1 { high := middle }
                    default { low := add(middle, 1) }
                }
                switch low
                case 0 { output := and(shr(192, mload(knots)), 0xffffffff) }
                default {
                    let knot := mload(add(knots, shl(3, sub(low, 1))))
                    let y := and(shr(192, knot), 0xffffffff)
                    if lt(low, count) {
                        let x := signextend(3, shr(224, knot))
                        // Both knots lie in this word: y rises by at most 2^32 over at most 2^32, no overflow.
                        let nextX := signextend(3, and(shr(160, knot), 0xffffffff))
                        let rise := sub(and(shr(128, knot), 0xffffffff), y)
                        y := add(y, div(mul(rise, sub(output, x)), sub(nextX, x)))
                    }
                    output := y
                }
            }
        }
    }

    /// The last layer's accumulators, one per output.
    function inferAll(bytes memory program, bytes calldata input)
        internal
        pure
        returns (int256[] memory raw)
    {
        (uint256 lanes, uint256 outputs, uint256 offset,) = _run(program, input);
        raw = new int256[](outputs);
        for (uint256 i = 0; i < outputs; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(lanes, shl(5, shr(3, i))))
            }
            raw[i] = int256((word >> (32 * (i % 8))) & 0xffffffff) - int256(offset);
        }
    }

    /// Checks and unpacks the input, then runs the layers.
    function _run(bytes memory program, bytes calldata input)
        private
        pure
        returns (uint256 lanes, uint256 outputs, uint256 offset, uint256 knots)
    {
        uint256 header;
        assembly ("memory-safe") {
            header := mload(add(program, 0x20))
        }
        require(input.length == header >> 240, ModelInputLength(input.length, header >> 240));
        uint256 tooLarge;
        uint256 sum;
        uint256 values;
        assembly ("memory-safe") {
            // Values lie two to a word, as the kernel multiplies them, padded by zeros to a multiple of eight.
            values := mload(0x40)
            let next := values
            for { let i := 0 } lt(i, input.length) { i := add(i, 8) } {
                let chunk := shr(192, calldataload(add(input.offset, i)))
                if lt(sub(input.length, i), 8) {
                    let padding := shl(3, sub(8, sub(input.length, i)))
                    chunk := shl(padding, shr(padding, chunk))
                }
                tooLarge := or(tooLarge, and(chunk, 0x8080808080808080))
                let odd := and(chunk, 0x00ff00ff00ff00ff)
                let even := and(shr(8, chunk), 0x00ff00ff00ff00ff)
                sum := add(sum, and(shr(48, mul(add(odd, even), 0x0001000100010001)), 0xffff))
                // The first of a pair goes to the upper half.
                mstore(next, or(shl(16, shr(48, even)), shr(48, odd)))
                mstore(add(next, 0x20), or(shl(16, and(shr(32, even), 0xff)), and(shr(32, odd), 0xff)))
                mstore(add(next, 0x40), or(shl(16, and(shr(16, even), 0xff)), and(shr(16, odd), 0xff)))
                mstore(add(next, 0x60), or(shl(16, and(even, 0xff)), and(odd, 0xff)))
                next := add(next, 0x80)
            }
            mstore(0x40, next)
        }
        require(tooLarge == 0, ModelInputRange());
        uint256 body;
        assembly ("memory-safe") {
            body := add(program, 0x40)
        }
        return _layers(header, body, values, sum);
    }

    /// Returns the memory address of the last layer's lanes, how many outputs there are, what to take off each lane, and
    /// the address of the knots. `values` is the address of the packed input, `sum` the sum of its bytes.
    function _layers(uint256 header, uint256 body, uint256 values, uint256 sum)
        private
        pure
        returns (uint256 lanes, uint256 outputs, uint256 offset, uint256 cursor)
    {
        assembly ("memory-safe") {
            cursor := body
            let next := mload(0x40)
            let turns := shr(3, add(shr(240, header), 7))
            // Three bytes a layer; a layer has outputs, so the header is zero after the last.
            for { header := shl(32, header) } header { } {
                outputs := shr(240, header)
                let shift := byte(2, header)
                let kept := mul(ONES, shr(shift, 0x7fffffff))
                header := shl(24, header)
                offset := add(BIAS_OFFSET, shl(7, sum))
                let level := mul(ONES, sub(0x80000000, offset))
                sum := 0
                lanes := next
                turns := shl(6, turns)
                for { let left := shr(3, add(outputs, 7)) } left { left := sub(left, 1) } {
                    let unit := mload(cursor)
                    cursor := add(cursor, 0x20)
                    let value := values
                    for { let end := add(cursor, turns) } lt(cursor, end) { cursor := add(cursor, 0x40) } {
                        let weights := mload(cursor)
                        unit := add(unit, and(shr(16, mul(and(weights, PAIRS), mload(value))), HALVES))
                        value := add(value, 0x20)
                        unit := add(
                            unit,
                            and(shr(16, mul(and(shr(8, weights), PAIRS), mload(value))), HALVES)
                        )
                        value := add(value, 0x20)
                        weights := mload(add(cursor, 0x20))
                        unit := add(unit, and(shr(16, mul(and(weights, PAIRS), mload(value))), HALVES))
                        value := add(value, 0x20)
                        unit := add(
                            unit,
                            and(shr(16, mul(and(shr(8, weights), PAIRS), mload(value))), HALVES)
                        )
                        value := add(value, 0x20)
                    }
                    switch header
                    case 0 {
                        mstore(next, unit)
                        next := add(next, 0x20)
                    }
                    default {
                        // Bit 31 of a lane now says "not negative"; the lanes below are clamped all at once.
                        unit := add(unit, level)
                        unit := and(unit, mul(and(shr(31, unit), ONES), 0x7fffffff))
                        unit := and(shr(shift, unit), kept)
                        // Adding 2^31 - 128 sets bit 31 exactly where a unit is above 127.
                        let over := and(shr(31, add(unit, mul(ONES, 0x7fffff80))), ONES)
                        unit := and(or(unit, mul(over, 0x7f)), mul(ONES, 0x7f))
                        sum := add(sum, shr(224, mul(unit, ONES)))
                        // Every 64 bits: the first of a pair in the upper half, the second in the lower, and remains.
                        unit := or(shl(16, unit), shr(32, unit))
                        mstore(next, and(unit, 0x7f007f))
                        mstore(add(next, 0x20), and(shr(64, unit), 0x7f007f))
                        mstore(add(next, 0x40), and(shr(128, unit), 0x7f007f))
                        mstore(add(next, 0x60), and(shr(192, unit), 0x7f007f))
                        next := add(next, 0x80)
                    }
                }
                values := lanes
                turns := shr(3, add(outputs, 7))
            }
            mstore(0x40, next)
        }
    }
}
