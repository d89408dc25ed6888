// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SSTORE2 } from "solady/utils/SSTORE2.sol";
import { IModelRegistry, ModelId } from "./IModelRegistry.sol";
import { IntegerModel } from "./IntegerModel.sol";
import { ModelProgram } from "./ModelProgram.sol";
import { BlobLayout, IntegerModelBlob } from "./IntegerModelBlob.sol";

/// @title Content-addressed integer models, stored as contract code and run on the chain.
/// @dev Anyone registers; nothing can be changed or removed. No storage: a program's address follows from the model's id.
contract ModelRegistry is IModelRegistry {
    using IntegerModelBlob for bytes;

    /// The program does not fit in one contract's code.
    error ModelTooLarge(uint256 got, uint256 limit);

    /// 24,576 bytes of code, one of them the STOP in front.
    uint256 public constant MAX_PROGRAM_BYTES = 24_575;

    /// @inheritdoc IModelRegistry
    function register(bytes calldata blob, bytes32 manifestHash) external returns (ModelId id) {
        id = ModelId.wrap(keccak256(blob));
        address program = ModelProgram.addressOf(address(this), id);
        if (program.code.length == 0) {
            bytes memory copy = blob;
            BlobLayout memory parts = copy.layoutOf();
            uint256 size = IntegerModel.programSize(parts);
            require(size <= MAX_PROGRAM_BYTES, ModelTooLarge(size, MAX_PROGRAM_BYTES));
            SSTORE2.writeDeterministic(IntegerModel.pack(copy, parts), ModelId.unwrap(id));
        }
        // The blob was checked, now or when it was stored, so its bytes 4 and 5 are the inputs.
        emit ModelRegistered(id, msg.sender, manifestHash, uint16(bytes2(blob[4:6])), program);
    }

    /// @inheritdoc IModelRegistry
    function infer(ModelId id, bytes calldata input) external view returns (int256 output) {
        return ModelProgram.infer(address(this), id, input);
    }

    /// @inheritdoc IModelRegistry
    function inferAll(ModelId id, bytes calldata input) external view returns (int256[] memory raw) {
        return IntegerModel.inferAll(ModelProgram.load(address(this), id), input);
    }

    /// @inheritdoc IModelRegistry
    function programOf(ModelId id) external view returns (address program) {
        program = ModelProgram.addressOf(address(this), id);
        if (program.code.length == 0) program = address(0);
    }
}
