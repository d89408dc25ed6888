// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// keccak256 of the weights blob (docs/spec/integer-model.md).
type ModelId is bytes32;

/// @title Content-addressed integer models, stored as contract code and run on the chain.
interface IModelRegistry {
    event ModelRegistered(
        ModelId indexed id, address indexed registrant, bytes32 manifestHash, uint16 inputs, address program
    );

    /// Checks the blob, packs it into kernel lanes and stores it. A known blob is not stored again and returns its id;
    /// the event then says which manifest this registrant vouches for, so nobody can occupy a model's manifest.
    function register(bytes calldata blob, bytes32 manifestHash) external returns (ModelId id);
    /// Runs the model by one-MUL lanes. `input` has one byte (0..127) per input; only for models with one output.
    function infer(ModelId id, bytes calldata input) external view returns (int256 output);
    /// The raw accumulators of the last layer, one per output; knots are not applied.
    function inferAll(ModelId id, bytes calldata input) external view returns (int256[] memory raw);
    /// Address of the code that holds the packed program; zero when unknown.
    function programOf(ModelId id) external view returns (address);
}
