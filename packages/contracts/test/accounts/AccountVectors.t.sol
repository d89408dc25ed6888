// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Execution } from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import { MandateId, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { Passkey } from "../../src/accounts/IPasskeyAccount.sol";
import { MandateHash } from "../../src/accounts/MandateHash.sol";
import { PasskeySignature } from "../../src/accounts/PasskeySignature.sol";
import { Test } from "../support/Test.sol";

/// The libraries, with their calldata arguments.
contract AccountProbe {
    function isSigned(bytes32 hash, bytes calldata signature, Passkey calldata key)
        external
        view
        returns (bool)
    {
        return PasskeySignature.isWellFormed(signature) && PasskeySignature.verify(hash, signature, key);
    }

    function indexOf(bytes calldata signature) external pure returns (uint8) {
        return PasskeySignature.indexOf(signature);
    }

    function idOf(address account, uint64 epoch, Terms calldata terms) external pure returns (MandateId) {
        return MandateHash.idOf(account, epoch, terms);
    }

    function idOfPlain(address account, uint64 epoch, Terms calldata terms)
        external
        pure
        returns (MandateId)
    {
        return MandateHash.idOfPlain(account, epoch, terms);
    }
}

/// What protocol/src/accounts computes, the contracts compute too.
contract AccountVectorsTest is Test {
    AccountProbe private _probe = new AccountProbe();
    string private _json = vm.readFile("packages/protocol/vectors/accounts.json");

    function test_vectors_signatures() public view {
        uint256 count;
        uint256 refused;
        for (; vm.keyExistsJson(_json, _at("signatures", count, "")); ++count) {
            string memory what = vm.parseJsonString(_json, _at("signatures", count, ".what"));
            bytes memory signature = vm.parseJsonBytes(_json, _at("signatures", count, ".signature"));
            bool holds = vm.parseJsonInt(_json, _at("signatures", count, ".holds")) == 1;
            vm.assertTrue(
                _probe.isSigned(
                    vm.parseJsonBytes32(_json, _at("signatures", count, ".hash")),
                    signature,
                    _key("signatures", count)
                ) == holds,
                what
            );
            if (holds) {
                vm.assertEq(
                    uint256(_probe.indexOf(signature)),
                    vm.parseJsonUint(_json, _at("signatures", count, ".index")),
                    what
                );
            } else {
                ++refused;
            }
        }
        vm.assertGt(refused, 5);
        vm.assertGt(count - refused, 5);
    }

    function test_vectors_accounts() public view {
        uint256 count;
        for (; vm.keyExistsJson(_json, _at("accounts", count, "")); ++count) {
            address account = _address(_at("accounts", count, ".account"));
            vm.assertEq(account, _accountOf(count));
            bytes32 userHandle = vm.parseJsonBytes32(_json, _at("accounts", count, ".userHandle"));
            vm.assertEq(
                keccak256(abi.encodePacked("lichen.listing", userHandle)),
                vm.parseJsonBytes32(_json, _at("accounts", count, ".lookup"))
            );
            Passkey memory key = _key("accounts", count);
            vm.assertEq(
                keccak256(abi.encodePacked(userHandle, account, key.x, key.y)),
                vm.parseJsonBytes32(_json, _at("accounts", count, ".mac"))
            );
        }
        vm.assertGt(count, 2);
    }

    function test_vectors_mandates() public view {
        uint256 count;
        for (; vm.keyExistsJson(_json, _at("mandates", count, "")); ++count) {
            address account = _address(_at("mandates", count, ".account"));
            uint64 epoch = uint64(vm.parseJsonUint(_json, _at("mandates", count, ".epoch")));
            Terms memory terms =
                abi.decode(vm.parseJsonBytes(_json, _at("mandates", count, ".terms")), (Terms));
            vm.assertEq(
                MandateId.unwrap(_probe.idOf(account, epoch, terms)),
                vm.parseJsonBytes32(_json, _at("mandates", count, ".id"))
            );
        }
        vm.assertGt(count, 2);
    }

    function _accountOf(uint256 index) private view returns (address) {
        Passkey memory key = _key("accounts", index);
        bytes32 salt = vm.parseJsonBytes32(_json, _at("accounts", index, ".salt"));
        Execution[] memory birthCalls =
            abi.decode(vm.parseJsonBytes(_json, _at("accounts", index, ".birthCalls")), (Execution[]));
        return Clones.predictDeterministicAddressWithImmutableArgs(
            _address(".implementation"),
            abi.encode(key.x, key.y, keccak256(abi.encode(salt, birthCalls))),
            0,
            _address(".factory")
        );
    }

    function _address(string memory key) private view returns (address) {
        return address(bytes20(vm.parseJsonBytes(_json, key)));
    }

    function _key(string memory list, uint256 index) private view returns (Passkey memory) {
        return Passkey(
            vm.parseJsonBytes32(_json, _at(list, index, ".x")),
            vm.parseJsonBytes32(_json, _at(list, index, ".y"))
        );
    }

    function _at(string memory list, uint256 index, string memory field)
        private
        pure
        returns (string memory)
    {
        return string.concat(".", list, "[", vm.toString(index), "]", field);
    }
}
