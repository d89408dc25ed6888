// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ModelId } from "../../src/models/IModelRegistry.sol";
import { IntegerModel } from "../../src/models/IntegerModel.sol";
import { BlobLayout, IntegerModelBlob } from "../../src/models/IntegerModelBlob.sol";
import { IntegerModelReference } from "../../src/models/IntegerModelReference.sol";
import { ModelRegistry } from "../../src/models/ModelRegistry.sol";
import { Test } from "../support/Test.sol";
import { RandomModel } from "./RandomModel.sol";

/// The kernel in lanes equals the plain version and the vectors that TypeScript and Python share.
contract IntegerModelTest is Test {
    using IntegerModelBlob for bytes;

    function inferLanes(bytes calldata blob, bytes calldata input) external pure returns (int256) {
        bytes memory copy = blob;
        return IntegerModel.infer(IntegerModel.pack(copy, copy.layoutOf()), input);
    }

    function inferAllLanes(bytes calldata blob, bytes calldata input)
        external
        pure
        returns (int256[] memory)
    {
        bytes memory copy = blob;
        return IntegerModel.inferAll(IntegerModel.pack(copy, copy.layoutOf()), input);
    }

    /// 2,048 models × 6 inputs: 12,288 cases.
    /// forge-config: default.fuzz.runs = 2048
    function testFuzz_lanesEqualReference(uint256 seed, uint16 inputs, uint8 layers, uint8 widest, bool knots)
        external
        view
    {
        RandomModel.Shape memory shape =
            RandomModel.Shape(bound(inputs, 1, 40), bound(layers, 1, 4), bound(widest, 1, 20), knots);
        bytes memory blob = RandomModel.blobOf(seed, shape);
        for (uint256 i = 0; i < 6; ++i) {
            bytes memory input = RandomModel.inputOf(seed ^ i, shape.inputs);
            int256[] memory wanted = IntegerModelReference.inferAll(blob, input);
            int256[] memory got = this.inferAllLanes(blob, input);
            vm.assertEq(got.length, wanted.length);
            for (uint256 j = 0; j < got.length; ++j) {
                vm.assertEq(got[j], wanted[j]);
            }
            if (got.length == 1) {
                vm.assertEq(this.inferLanes(blob, input), IntegerModelReference.infer(blob, input));
            }
        }
    }

    /// The widest shapes the format allows, which do not fit a registry entry but must still run.
    /// forge-config: default.fuzz.runs = 4
    function testFuzz_widestLayers(uint256 seed) external view {
        bytes memory blob = RandomModel.blobOf(seed, RandomModel.Shape(256, 2, 256, false));
        bytes memory input = RandomModel.inputOf(seed, 256);
        int256[] memory wanted = IntegerModelReference.inferAll(blob, input);
        int256[] memory got = this.inferAllLanes(blob, input);
        for (uint256 j = 0; j < wanted.length; ++j) {
            vm.assertEq(got[j], wanted[j]);
        }
    }

    function test_vectors() external {
        string memory json = vm.readFile("packages/protocol/vectors/integer-model.json");
        ModelRegistry registry = new ModelRegistry();
        uint256 cases;
        for (uint256 i = 0; vm.keyExistsJson(json, _at("", i)); ++i) {
            string memory model = _at("", i);
            bytes memory blob = vm.parseJsonBytes(json, string.concat(model, ".blob"));
            ModelId id = registry.register(blob, 0);
            vm.assertEq(ModelId.unwrap(id), vm.parseJsonBytes32(json, string.concat(model, ".modelId")));
            for (uint256 j = 0; vm.keyExistsJson(json, _case(model, j)); ++j) {
                bytes memory input = vm.parseJsonBytes(json, string.concat(_case(model, j), ".input"));
                int256 raw = vm.parseJsonInt(json, string.concat(_case(model, j), ".raw"));
                int256 output = vm.parseJsonInt(json, string.concat(_case(model, j), ".output"));
                vm.assertEq(registry.infer(id, input), output);
                vm.assertEq(registry.inferAll(id, input)[0], raw);
                vm.assertEq(IntegerModelReference.infer(blob, input), output);
                ++cases;
            }
        }
        vm.assertGt(cases, 100);
    }

    function _at(string memory base, uint256 i) private pure returns (string memory) {
        return string.concat(base, ".models[", vm.toString(i), "]");
    }

    function _case(string memory model, uint256 j) private pure returns (string memory) {
        return string.concat(model, ".cases[", vm.toString(j), "]");
    }
}
