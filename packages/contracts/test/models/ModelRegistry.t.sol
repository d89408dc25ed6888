// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IModelRegistry, ModelId } from "../../src/models/IModelRegistry.sol";
import { IntegerModel } from "../../src/models/IntegerModel.sol";
import { IntegerModelBlob } from "../../src/models/IntegerModelBlob.sol";
import { ModelProgram } from "../../src/models/ModelProgram.sol";
import { ModelRegistry } from "../../src/models/ModelRegistry.sol";
import { Test } from "../support/Test.sol";
import { RandomModel } from "./RandomModel.sol";

contract ModelRegistryTest is Test {
    ModelRegistry private registry = new ModelRegistry();
    /// One input, one output, weight 1, bias 0.
    bytes private constant IDENTITY = hex"4c494d3100010100010000000100000000";

    function _malformed(bytes memory blob, bytes32 field, int256 got) private {
        vm.expectRevert(abi.encodeWithSelector(IntegerModelBlob.ModelMalformed.selector, field, got));
        registry.register(blob, 0);
    }

    function test_registerStoresAndAnnounces() external {
        ModelId id = ModelId.wrap(keccak256(IDENTITY));
        address program = ModelProgram.addressOf(address(registry), id);
        vm.assertEq(registry.programOf(id), address(0));
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRegistered(id, address(this), bytes32(uint256(7)), 1, program);
        vm.assertEq(ModelId.unwrap(registry.register(IDENTITY, bytes32(uint256(7)))), ModelId.unwrap(id));
        vm.assertEq(registry.programOf(id), program);
        vm.assertEq(registry.infer(id, hex"2a"), 42);
    }

    function test_knownBlobIsStoredOnce() external {
        ModelId id = registry.register(IDENTITY, 0);
        address program = registry.programOf(id);
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRegistered(id, address(this), bytes32(uint256(9)), 1, program);
        registry.register(IDENTITY, bytes32(uint256(9)));
        vm.assertEq(registry.programOf(id), program);
    }

    function test_refusesMalformed() external {
        _malformed(hex"", "length", 0);
        _malformed(hex"4c494d3200010100010000000100000000", "magic", 0x4c494d32);
        _malformed(hex"4c494d3100000100010000000100000000", "inputs", 0);
        _malformed(hex"4c494d3101010100010000000100000000", "inputs", 257);
        _malformed(hex"4c494d3100010000010000000100000000", "layers", 0);
        _malformed(hex"4c494d3100010500010000000100000000", "layers", 5);
        _malformed(hex"4c494d3100010100000000000100000000", "outputs", 0);
        _malformed(hex"4c494d3100010101010000000100000000", "outputs", 257);
        _malformed(hex"4c494d3100010100010100000100000000", "shift", 1);
        _malformed(hex"4c494d3100010100010001000100000000", "activation", 1);
        _malformed(hex"4c494d31000101000100000001000000", "length", 16);
        _malformed(hex"4c494d310001010001000000010000000000", "length", 18);
        _malformed(hex"4c494d3100010100010000000140000000", "bias", 1 << 30);
        _malformed(hex"4c494d31000101000100000001c0000000", "bias", -(1 << 30));
        // One knot is not a line; x must climb; y must not fall.
        _malformed(hex"4c494d310001010001000001010000000000000000000000ff", "knots", 1);
        _malformed(hex"4c494d31000101000100000201000000000000000500000001000000050000000a", "knot x", 1);
        _malformed(hex"4c494d3100010100010000020100000000000000050000000b000000060000000a", "knot y", 1);
        // Two outputs have no curve.
        _malformed(
            hex"4c494d3100010100020000020101000000000000000000000005000000010000000600000002", "knots", 2
        );
    }

    function test_refusesAHiddenLayerWithoutClamp() external {
        _malformed(hex"4c494d310001020001000000010000000100000000010000000000", "activation", 0);
        _malformed(hex"4c494d3100010200011901000100000001000000000100000000", "shift", 25);
    }

    function test_refusesAProgramThatDoesNotFit() external {
        // 256 × 256 weights, all zero.
        bytes memory blob = bytes.concat(hex"4c494d310100010100000000", new bytes(65_536), new bytes(1024));
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.ModelTooLarge.selector, 66_592, 24_575));
        registry.register(blob, 0);
    }

    function test_largestRegisteredModelRuns() external {
        // 88 × 256 weights and 256 biases: 23,584 bytes; four inputs more would take 24,608.
        bytes memory blob = bytes.concat(hex"4c494d310058010100000000", new bytes(88 * 256), new bytes(1024));
        ModelId id = registry.register(blob, 0);
        vm.assertLe(registry.programOf(id).code.length, 24_576);
        vm.assertEq(registry.inferAll(id, new bytes(88)).length, 256);
    }

    function test_refusesBadInput() external {
        ModelId id = registry.register(IDENTITY, 0);
        vm.expectRevert(abi.encodeWithSelector(IntegerModel.ModelInputLength.selector, 2, 1));
        registry.infer(id, hex"0000");
        vm.expectRevert(abi.encodeWithSelector(IntegerModel.ModelInputLength.selector, 0, 1));
        registry.infer(id, hex"");
        vm.expectRevert(IntegerModel.ModelInputRange.selector);
        registry.infer(id, hex"80");
    }

    /// A byte above 127 is found at every position of an input, also beyond the first eight and in an odd tail.
    function testFuzz_everyPositionIsChecked(uint256 seed, uint16 inputs, uint16 position) external {
        uint256 count = bound(inputs, 1, 70);
        ModelId id = registry.register(RandomModel.blobOf(seed, RandomModel.Shape(count, 1, 3, false)), 0);
        bytes memory input = new bytes(count);
        registry.inferAll(id, input);
        input[bound(position, 0, count - 1)] = 0x80;
        vm.expectRevert(IntegerModel.ModelInputRange.selector);
        registry.inferAll(id, input);
    }

    function test_refusesUnknownModelAndSeveralOutputs() external {
        ModelId unknown = ModelId.wrap(bytes32(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(ModelProgram.ModelUnknown.selector, unknown));
        registry.infer(unknown, hex"00");
        ModelId two = registry.register(hex"4c494d310001010002000000010100000000fffffff9", 0);
        vm.expectRevert(abi.encodeWithSelector(IntegerModel.ModelOutputs.selector, 2, 1));
        registry.infer(two, hex"05");
        int256[] memory raw = registry.inferAll(two, hex"05");
        vm.assertEq(raw[0], 5);
        vm.assertEq(raw[1], -2);
    }

    function test_gasOfTheFlightShape() external {
        string memory json = vm.readFile("packages/protocol/vectors/integer-model.json");
        // The 16-32-16-1 network with 32 knots.
        bytes memory blob = vm.parseJsonBytes(json, ".models[10].blob");
        ModelId id = registry.register(blob, 0);
        vm.snapshotGasLastCall("models", "register 16-32-16-1");
        vm.cool(address(registry));
        vm.cool(registry.programOf(id));
        registry.infer(id, hex"00112233445566770011223344556677");
        uint256 gas = vm.snapshotGasLastCall("models", "infer 16-32-16-1, cold");
        vm.assertLe(gas, 30_000);
    }
}
