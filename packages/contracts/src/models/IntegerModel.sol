// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BlobLayout, IntegerModelBlob } from "./IntegerModelBlob.sol";

/// @title Integer models in lanes: one MUL multiplies one activation with the weights of eight units.
/// @notice Equals IntegerModelReference bit for bit; test/models holds them together by fuzzing.
/// @dev A word holds eight 32-bit lanes, one per unit. A lane starts at bias + 2^30 and gathers (weight + 128) × value,
/// both unsigned, so lanes never borrow from each other: |bias| < 2^30 and 256 × 255 × 127 < 2^23 keep every lane below
/// 2^31 + 2^23. What was added too much, 2^30 + 128 × Σ values, is one number a layer and is taken off when a lane is
/// read. Weights lie four inputs to a word (byte 4·lane + input mod 4 from the right): as dense as the blob where the
/// outputs are a multiple of eight and the inputs of four.
///
/// Program: header word { inputs u16, layers u8, knots u8, then per layer outputs u16, shift u8 }; per layer and group
/// of eight units a word of biases and ceil(width / 4) words of weights; then the knots as in the blob.
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
    /// The lowest byte of each lane.
    uint256 private constant BYTES = 0x000000ff000000ff000000ff000000ff000000ff000000ff000000ff000000ff;

    /// Bytes of the program of a checked blob.
    function programSize(BlobLayout memory parts) internal pure returns (uint256 size) {
        size = 32 + 8 * parts.knotCount;
        uint256 width = parts.inputs;
        for (uint256 layer = 0; layer < parts.layerCount; ++layer) {
            size += ((parts.outputs[layer] + 7) / 8) * 32 * (1 + (width + 3) / 4);
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
                if (output % 8 == 7 || output + 1 == outputs) cursor += 32 * (1 + (width + 3) / 4);
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
                // Flipping the top bit of an int8 adds 128.
                mstore8(
                    sub(add(target, shl(5, shr(2, i))), and(i, 3)),
                    xor(byte(0, mload(add(source, i))), 0x80)
                )
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

    /// Returns the memory address of the last layer's lanes, how many outputs there are, what to take off each lane,
    /// and the address of the knots.
    function _run(bytes memory program, bytes calldata input)
        private
        pure
        returns (uint256 lanes, uint256 outputs, uint256 offset, uint256 cursor)
    {
        uint256 inputs;
        assembly ("memory-safe") {
            inputs := shr(240, mload(add(program, 0x20)))
        }
        require(input.length == inputs, ModelInputLength(input.length, inputs));
        uint256 tooLarge;
        assembly ("memory-safe") {
            let header := mload(add(program, 0x20))
            let layersLeft := byte(2, header)
            header := shl(32, header)
            // Values lie one to a word, padded by zeros to a multiple of eight.
            let values := mload(0x40)
            let next := values
            let sum := 0
            for { let i := 0 } lt(i, inputs) { i := add(i, 8) } {
                let chunk := shr(192, calldataload(add(input.offset, i)))
                if lt(sub(inputs, i), 8) {
                    let padding := shl(3, sub(8, sub(inputs, i)))
                    chunk := shl(padding, shr(padding, chunk))
                }
                tooLarge := or(tooLarge, and(chunk, 0x8080808080808080))
                let pairs := add(and(chunk, 0x00ff00ff00ff00ff), and(shr(8, chunk), 0x00ff00ff00ff00ff))
                sum := add(sum, and(shr(48, mul(pairs, 0x0001000100010001)), 0xffff))
                mstore(next, byte(24, chunk))
                mstore(add(next, 0x20), byte(25, chunk))
                mstore(add(next, 0x40), byte(26, chunk))
                mstore(add(next, 0x60), byte(27, chunk))
                mstore(add(next, 0x80), byte(28, chunk))
                mstore(add(next, 0xa0), byte(29, chunk))
                mstore(add(next, 0xc0), byte(30, chunk))
                mstore(add(next, 0xe0), byte(31, chunk))
                next := add(next, 0x100)
            }
            let width := inputs
            cursor := add(program, 0x40)
            for { } layersLeft { } {
                layersLeft := sub(layersLeft, 1)
                outputs := shr(240, header)
                let shift := byte(2, header)
                header := shl(24, header)
                offset := add(BIAS_OFFSET, shl(7, sum))
                sum := 0
                let groupBytes := shl(5, shr(2, add(width, 3)))
                lanes := next
                for { let left := shr(3, add(outputs, 7)) } left { left := sub(left, 1) } {
                    let accumulator := mload(cursor)
                    cursor := add(cursor, 0x20)
                    let value := values
                    for { let end := add(cursor, groupBytes) } lt(cursor, end) { cursor := add(cursor, 0x20) }
                    {
                        let weights := mload(cursor)
                        accumulator := add(accumulator, mul(and(weights, BYTES), mload(value)))
                        accumulator := add(
                            accumulator,
                            mul(and(shr(8, weights), BYTES), mload(add(value, 0x20)))
                        )
                        accumulator := add(
                            accumulator,
                            mul(and(shr(16, weights), BYTES), mload(add(value, 0x40)))
                        )
                        accumulator := add(
                            accumulator,
                            mul(and(shr(24, weights), BYTES), mload(add(value, 0x60)))
                        )
                        value := add(value, 0x80)
                    }
                    switch layersLeft
                    case 0 {
                        mstore(next, accumulator)
                        next := add(next, 0x20)
                    }
                    default {
                        // Bit 31 of a lane now says "not negative"; the lanes below are clamped all at once.
                        let unit := add(accumulator, mul(ONES, sub(0x80000000, offset)))
                        unit := and(unit, mul(and(shr(31, unit), ONES), 0x7fffffff))
                        unit := and(shr(shift, unit), mul(ONES, shr(shift, 0x7fffffff)))
                        // Adding 2^31 - 128 sets bit 31 exactly where a unit is above 127.
                        let over := and(shr(31, add(unit, mul(ONES, 0x7fffff80))), ONES)
                        unit := and(or(unit, mul(over, 0x7f)), mul(ONES, 0x7f))
                        sum := add(sum, shr(224, mul(unit, ONES)))
                        mstore(next, and(unit, 0x7f))
                        mstore(add(next, 0x20), and(shr(32, unit), 0x7f))
                        mstore(add(next, 0x40), and(shr(64, unit), 0x7f))
                        mstore(add(next, 0x60), and(shr(96, unit), 0x7f))
                        mstore(add(next, 0x80), and(shr(128, unit), 0x7f))
                        mstore(add(next, 0xa0), and(shr(160, unit), 0x7f))
                        mstore(add(next, 0xc0), and(shr(192, unit), 0x7f))
                        mstore(add(next, 0xe0), shr(224, unit))
                        next := add(next, 0x100)
                    }
                }
                values := lanes
                width := outputs
            }
            mstore(0x40, next)
        }
        require(tooLarge == 0, ModelInputRange());
    }
}
