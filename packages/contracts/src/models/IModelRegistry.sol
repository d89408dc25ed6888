// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// keccak256 of the weights blob (docs/spec/integer-model.md).
type ModelId is bytes32;

/// @title Content-addressed integer models, stored as contract code and run on the chain.
interface IModelRegistry {
    event ModelRegistered(
        ModelId indexed id, address indexed registrant, bytes32 manifestHash, uint16 inputs, address program
    );

    /// Checks the blob, packs it into kernel lanes and stores it. Idempotent: a known blob returns its id.
    function register(bytes calldata blob, bytes32 manifestHash) external returns (ModelId id);
    /// Runs the model by one-MUL lanes. `input` has one byte (0..127) per input.
    function infer(ModelId id, bytes calldata input) external view returns (int256 output);
    /// Address of the code that holds the packed program; zero when unknown.
    function programOf(ModelId id) external view returns (address);
}
