#!/usr/bin/env python3
"""Writes packages/protocol/vectors/integer-model.json.

A second implementation of docs/spec/integer-model.md in plain Python integers: the vectors are computed here
and read by vitest and by forge, so TypeScript, Solidity and this file must agree without sharing a line.

Usage: python3 tools/data/write-integer-model-vectors.py [--check]
"""
import json
import pathlib
import random
import struct
import sys

TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/protocol/vectors/integer-model.json"

ROTATIONS = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56], [27, 20, 39, 8, 14]]
MASK = (1 << 64) - 1


def rotate(value, count):
    return ((value << count) | (value >> (64 - count))) & MASK if count else value


def round_constants():
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


def keccak256(data):
    """Keccak-256 as Ethereum uses it (padding 0x01, not SHA-3's 0x06)."""
    rate, lanes, constants = 136, [[0] * 5 for _ in range(5)], round_constants()
    padded = bytearray(data) + b"\x01"
    padded += b"\x00" * (-len(padded) % rate)
    padded[-1] |= 0x80
    for block in range(0, len(padded), rate):
        for index in range(rate // 8):
            lanes[index % 5][index // 5] ^= int.from_bytes(padded[block + 8 * index : block + 8 * index + 8], "little")
        for constant in constants:
            column = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
            for x in range(5):
                mix = column[(x - 1) % 5] ^ rotate(column[(x + 1) % 5], 1)
                for y in range(5):
                    lanes[x][y] ^= mix
            moved = [[0] * 5 for _ in range(5)]
            for x in range(5):
                for y in range(5):
                    moved[y][(2 * x + 3 * y) % 5] = rotate(lanes[x][y], ROTATIONS[x][y])
            for x in range(5):
                for y in range(5):
                    lanes[x][y] = moved[x][y] ^ (~moved[(x + 1) % 5][y] & MASK & moved[(x + 2) % 5][y])
            lanes[0][0] ^= constant
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def layer(rows, biases, shift):
    """rows: one list of int8 weights per output."""
    return {"rows": rows, "biases": biases, "shift": shift}


def encode(inputs, layers, knots):
    head = b"LIM1" + struct.pack(">HB", inputs, len(layers))
    body = b""
    for index, item in enumerate(layers):
        head += struct.pack(">HBB", len(item["rows"]), item["shift"], 0 if index == len(layers) - 1 else 1)
        for row in item["rows"]:
            body += struct.pack(f">{len(row)}b", *row)
        body += struct.pack(f">{len(item['biases'])}i", *item["biases"])
    head += struct.pack(">B", len(knots))
    return head + body + b"".join(struct.pack(">iI", x, y) for x, y in knots)


def run(layers, values):
    """The raw accumulators of the last layer."""
    for index, item in enumerate(layers):
        sums = [bias + sum(w * a for w, a in zip(row, values)) for row, bias in zip(item["rows"], item["biases"])]
        assert all(-(2**31) <= s < 2**31 for s in sums)
        if index == len(layers) - 1:
            return sums
        values = [min(127, max(0, s >> item["shift"])) for s in sums]


def calibrate(knots, raw):
    if not knots:
        return raw
    if raw <= knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in zip(knots, knots[1:]):
        if raw < x1:
            return y0 + (y1 - y0) * (raw - x0) // (x1 - x0)
    return knots[-1][1]


def random_layer(rng, inputs, outputs, shift, bias=4000, low=-128, high=127):
    rows = [[rng.randint(low, high) for _ in range(inputs)] for _ in range(outputs)]
    return layer(rows, [rng.randint(-bias, bias) for _ in range(outputs)], shift)


def random_inputs(rng, inputs, count):
    fixed = [bytes(inputs), bytes([127]) * inputs, bytes(127 * (i % 2) for i in range(inputs))]
    return fixed + [bytes(rng.randint(0, 127) for _ in range(inputs)) for _ in range(count - len(fixed))]


def scalar_models():
    rng = random.Random(2013)
    yield "identity", 1, [layer([[1]], [0], 0)], [], [bytes([v]) for v in (0, 1, 64, 126, 127)]
    yield "logistic, one layer with knots", 4, [layer([[3, -2, 5, -128]], [-17], 0)], [(-9000, 0), (-500, 12345), (0, 250000), (400, 999999), (700, 1000000)], random_inputs(rng, 4, 9)
    steps = [(-5, 7), (-2, 7), (0, 10), (3, 20), (4, 4294967295)]
    yield "every side of every knot", 2, [layer([[1, -1]], [0], 0)], steps, [bytes([max(d, 0), max(-d, 0)]) for d in range(-7, 7)]
    yield "two knots at the ends of int32", 1, [layer([[127]], [-(2**30) + 1], 0)], [(-(2**31), 0), (2**31 - 1, 4294967295)], [bytes([v]) for v in (0, 1, 100, 127)]
    yield "largest bias and weights", 256, [layer([[127] * 256], [2**30 - 1], 0)], [], random_inputs(rng, 256, 4)
    yield "smallest bias and weights", 256, [layer([[-128] * 256], [-(2**30) + 1], 0)], [], random_inputs(rng, 256, 4)
    yield "arithmetic shift rounds down below zero", 1, [layer([[1], [-1]], [-3, 3], 1), layer([[1, 100]], [0], 0)], [], [bytes([v]) for v in range(8)]
    yield "clamp at 0 and at 127", 1, [layer([[1], [2], [-2]], [0, 0, 254], 0), layer([[1, 1, 1]], [-1], 0)], [], [bytes([v]) for v in (0, 1, 63, 64, 65, 126, 127)]
    yield "shift of 24", 2, [layer([[127, -128], [1, 1]], [2**30 - 1, 2**24], 24), layer([[1, 127]], [5], 0)], [], random_inputs(rng, 2, 5)
    yield "one hidden layer 16-8-1", 16, [random_layer(rng, 16, 8, 6), random_layer(rng, 8, 1, 0)], [], random_inputs(rng, 16, 8)
    flight = [random_layer(rng, 16, 32, 7, 9000), random_layer(rng, 32, 16, 6, 3000), random_layer(rng, 16, 1, 0, 2000)]
    knots32 = sorted(rng.sample(range(-40000, 40000), 32))
    levels = sorted(rng.randint(0, 1000000) for _ in range(32))
    yield "flight shape 16-32-16-1, 32 knots", 16, flight, list(zip(knots32, levels)), random_inputs(rng, 16, 24)
    yield "flight shape without knots", 16, flight, [], random_inputs(rng, 16, 8)
    deep = [random_layer(rng, 5, 7, 5), random_layer(rng, 7, 6, 5), random_layer(rng, 6, 5, 5), random_layer(rng, 5, 1, 0)]
    yield "four layers of odd widths", 5, deep, [(-20000, 1), (20000, 2)], random_inputs(rng, 5, 8)
    yield "17 inputs and 33 units cross a word", 17, [random_layer(rng, 17, 33, 7), random_layer(rng, 33, 1, 0)], [], random_inputs(rng, 17, 6)
    yield "64 inputs, 20 units", 64, [random_layer(rng, 64, 20, 8), random_layer(rng, 20, 1, 0)], [], random_inputs(rng, 64, 6)
    yield "only negative weights", 16, [random_layer(rng, 16, 4, 4, 20000, -128, -1), random_layer(rng, 4, 1, 0, 10, -128, -1)], [], random_inputs(rng, 16, 5)


def many_output_model():
    rng = random.Random(77)
    return "three outputs", 6, [random_layer(rng, 6, 9, 5), random_layer(rng, 9, 3, 0)], random_inputs(rng, 6, 5)


def malformed():
    good = encode(2, [layer([[1, 2], [3, 4]], [5, 6], 3), layer([[7, 8]], [9], 0)], [(-1, 0), (1, 5)])

    def patched(offset, replacement):
        return good[:offset] + replacement + good[offset + len(replacement) :]

    # Offsets: 4 inputs, 6 layer count, 7 layer 0 (outputs, shift, activation), 11 layer 1, 15 knot count,
    # 16 weights 0, 20 biases 0, 28 weights 1, 30 bias 1, 34 knots.
    yield "empty", b""
    yield "wrong magic", patched(0, b"LIM2")
    yield "cut by one byte", good[:-1]
    yield "one byte too long", good + b"\x00"
    yield "no inputs", encode(0, [layer([[]], [1], 0)], [])
    yield "257 inputs", encode(257, [layer([[1] * 257], [1], 0)], [])
    yield "no layers", b"LIM1" + struct.pack(">HBB", 2, 0, 0)
    yield "five layers", encode(1, [layer([[1]], [0], 0)] * 5, [])
    yield "layer without outputs", encode(1, [layer([], [], 0), layer([[]], [1], 0)], [])
    yield "hidden shift of 25", patched(9, b"\x19")
    yield "hidden layer without activation", patched(10, b"\x00")
    yield "unknown activation", patched(10, b"\x02")
    yield "shift on the last layer", patched(13, b"\x01")
    yield "activation on the last layer", patched(14, b"\x01")
    yield "bias of 2^30", patched(20, struct.pack(">i", 2**30))
    yield "bias of -2^30", patched(20, struct.pack(">i", -(2**30)))
    yield "one knot", encode(1, [layer([[1]], [0], 0)], [(0, 1)])
    yield "33 knots", encode(1, [layer([[1]], [0], 0)], [(i, i) for i in range(33)])
    yield "knots with equal x", encode(1, [layer([[1]], [0], 0)], [(0, 1), (0, 2)])
    yield "knots with descending x", encode(1, [layer([[1]], [0], 0)], [(0, 1), (-1, 2)])
    yield "knots with descending y", encode(1, [layer([[1]], [0], 0)], [(0, 2), (1, 1)])
    yield "knots on two outputs", encode(1, [layer([[1], [1]], [0, 0], 0)], [(0, 1), (1, 2)])


def document():
    models = []
    for name, inputs, layers, knots, cases in scalar_models():
        blob = encode(inputs, layers, knots)
        rows = []
        for case in cases:
            raw = run(layers, list(case))[0]
            rows.append({"input": "0x" + case.hex(), "raw": str(raw), "output": str(calibrate(knots, raw))})
        models.append({"name": name, "blob": "0x" + blob.hex(), "modelId": "0x" + keccak256(blob).hex(), "cases": rows})
    name, inputs, layers, cases = many_output_model()
    blob = encode(inputs, layers, [])
    many = {
        "name": name,
        "blob": "0x" + blob.hex(),
        "modelId": "0x" + keccak256(blob).hex(),
        "cases": [{"input": "0x" + case.hex(), "raw": [str(v) for v in run(layers, list(case))]} for case in cases],
    }
    bad = [{"name": name, "blob": "0x" + blob.hex()} for name, blob in malformed()]
    return json.dumps({"models": models, "manyOutputs": [many], "malformed": bad}, indent=1) + "\n"


def main():
    text = document()
    if "--check" in sys.argv:
        if not TARGET.exists() or TARGET.read_text() != text:
            sys.exit(f"{TARGET.name} is stale: run tools/data/write-integer-model-vectors.py")
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text)
    print(f"{TARGET.name}: {sum(len(m['cases']) for m in json.loads(text)['models'])} cases")


main()
