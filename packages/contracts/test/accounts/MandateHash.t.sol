// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MandateId, Permission, Pin, Terms } from "../../src/accounts/IMandateExecutor.sol";
import { Test } from "../support/Test.sol";
import { AccountProbe } from "./AccountVectors.t.sol";

/// The kernel and the plain version are one function.
contract MandateHashTest is Test {
    AccountProbe private _probe = new AccountProbe();

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_kernelEqualsPlain(address account, uint64 epoch, Terms calldata terms) public view {
        vm.assertEq(
            MandateId.unwrap(_probe.idOf(account, epoch, terms)),
            MandateId.unwrap(_probe.idOfPlain(account, epoch, terms))
        );
    }

    /// The fuzzer seldom makes lists of the lengths that people grant.
    function testFuzz_kernelEqualsPlain_lengths(uint256 seed, uint8 permissions, uint8 pins) public view {
        Terms memory terms = _terms(seed, permissions % 40, pins % 12);
        vm.assertEq(
            MandateId.unwrap(_probe.idOf(address(this), 7, terms)),
            MandateId.unwrap(_probe.idOfPlain(address(this), 7, terms))
        );
    }

    /// Terms in another form of the encoding (a gap before the permissions) have the same id, not one of their own.
    function testFuzz_kernelEqualsPlain_otherForm(uint256 seed, uint8 count) public view {
        Terms memory terms = _terms(seed, count % 5, 2);
        (bool success, bytes memory id) =
            address(_probe).staticcall(_withGap(abi.encodeCall(_probe.idOf, (address(this), 3, terms))));
        vm.assertTrue(success);
        vm.assertEq(abi.decode(id, (bytes32)), MandateId.unwrap(_probe.idOfPlain(address(this), 3, terms)));
    }

    /// A word more after the terms' head: selector, three words of the call, nine of the terms.
    function _withGap(bytes memory data) private pure returns (bytes memory moved) {
        moved = new bytes(data.length + 32);
        for (uint256 i = 0; i < data.length; ++i) {
            moved[i < 388 ? i : i + 32] = data[i];
        }
        // The last byte of the terms' eighth word, which says where the permissions are: 0x120.
        moved[355] = 0x40;
    }

    function _terms(uint256 seed, uint256 permissions, uint256 pins)
        private
        pure
        returns (Terms memory terms)
    {
        terms.agent = address(uint160(uint256(keccak256(abi.encode(seed, 1)))));
        terms.asset = address(uint160(uint256(keccak256(abi.encode(seed, 2)))));
        terms.validUntil = uint40(seed >> 7);
        terms.maxPerPeriod = uint128(seed >> 60);
        terms.salt = keccak256(abi.encode(seed, 3));
        terms.permissions = new Permission[](permissions);
        for (uint256 i = 0; i < permissions; ++i) {
            terms.permissions[i].target = address(uint160(seed >> i));
            terms.permissions[i].pulls = seed >> i & 1 == 1;
            terms.permissions[i].pins = new Pin[]((pins + i) % 12);
            for (uint256 j = 0; j < terms.permissions[i].pins.length; ++j) {
                terms.permissions[i].pins[j] = Pin(uint8(j), keccak256(abi.encode(seed, i, j)));
            }
        }
    }
}
