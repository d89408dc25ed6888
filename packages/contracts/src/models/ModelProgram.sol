// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SSTORE2 } from "solady/utils/SSTORE2.sol";
import { ModelId } from "./IModelRegistry.sol";
import { IntegerModel } from "./IntegerModel.sol";

/// @title Where a registry keeps the program of a model.
/// @dev The address follows from the registry and the id (CREATE3), so nothing is looked up in storage (2,100 gas), and a
/// contract that links the kernel can run a registered model without calling the registry (3,400 gas more).
library ModelProgram {
    error ModelUnknown(ModelId id);

    /// The program's address, whether it exists or not.
    function addressOf(address registry, ModelId id) internal pure returns (address) {
        return SSTORE2.predictDeterministicAddress(ModelId.unwrap(id), registry);
    }

    /// The program in memory.
    function load(address registry, ModelId id) internal view returns (bytes memory) {
        address program = addressOf(registry, id);
        require(program.code.length != 0, ModelUnknown(id));
        return SSTORE2.read(program);
    }

    /// Runs a registered model with one output here.
    function infer(address registry, ModelId id, bytes calldata input) internal view returns (int256) {
        return IntegerModel.infer(load(registry, id), input);
    }
}
