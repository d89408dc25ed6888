// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ModelId } from "../../src/models/IModelRegistry.sol";
import { IntegerModelBlob } from "../../src/models/IntegerModelBlob.sol";
import { IntegerModelReference } from "../../src/models/IntegerModelReference.sol";
import { ModelRegistry } from "../../src/models/ModelRegistry.sol";
import { Test } from "../support/Test.sol";

/// The vectors of models with several outputs and of blobs that every implementation must refuse.
contract IntegerModelVectorsTest is Test {
    string private json;
    ModelRegistry private registry;

    function setUp() external {
        json = vm.readFile("packages/protocol/vectors/integer-model.json");
        registry = new ModelRegistry();
    }

    function referenceOf(bytes calldata blob, bytes calldata input) external pure returns (int256[] memory) {
        return IntegerModelReference.inferAll(blob, input);
    }

    function _at(string memory list, uint256 i) private pure returns (string memory) {
        return string.concat(list, "[", vm.toString(i), "]");
    }

    function test_manyOutputs() external {
        uint256 numbers;
        for (uint256 i = 0; vm.keyExistsJson(json, _at(".manyOutputs", i)); ++i) {
            string memory model = _at(".manyOutputs", i);
            bytes memory blob = vm.parseJsonBytes(json, string.concat(model, ".blob"));
            ModelId id = registry.register(blob, 0);
            vm.assertEq(ModelId.unwrap(id), vm.parseJsonBytes32(json, string.concat(model, ".modelId")));
            string memory cases = string.concat(model, ".cases");
            for (uint256 j = 0; vm.keyExistsJson(json, _at(cases, j)); ++j) {
                string memory one = _at(cases, j);
                bytes memory input = vm.parseJsonBytes(json, string.concat(one, ".input"));
                int256[] memory lanes = registry.inferAll(id, input);
                int256[] memory plain = this.referenceOf(blob, input);
                string memory raw = string.concat(one, ".raw");
                vm.assertFalse(vm.keyExistsJson(json, _at(raw, lanes.length)));
                for (uint256 k = 0; k < lanes.length; ++k) {
                    int256 wanted = vm.parseJsonInt(json, _at(raw, k));
                    vm.assertEq(lanes[k], wanted);
                    vm.assertEq(plain[k], wanted);
                    ++numbers;
                }
            }
        }
        vm.assertGt(numbers, 10);
    }

    function test_malformedAreRefused() external {
        uint256 count;
        for (; vm.keyExistsJson(json, _at(".malformed", count)); ++count) {
            bytes memory blob = vm.parseJsonBytes(json, string.concat(_at(".malformed", count), ".blob"));
            vm.expectPartialRevert(IntegerModelBlob.ModelMalformed.selector);
            registry.register(blob, 0);
            vm.expectPartialRevert(IntegerModelBlob.ModelMalformed.selector);
            this.referenceOf(blob, "");
        }
        vm.assertGt(count, 20);
    }
}
