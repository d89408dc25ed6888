// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { CoverConfig, FlightCover } from "../../src/cover/FlightCover.sol";
import { FlightFeatures, FlightId, FlightLib } from "../../src/cover/FlightLib.sol";
import { PolicyId } from "../../src/cover/IFlightCover.sol";
import { IReportVerifier } from "../../src/oracle/IReportVerifier.sol";
import { CoverFixture } from "./CoverFixture.sol";

/// Keeps the digest that it is asked to verify and finds no fault: what is tested here is the digest itself.
contract DigestKeeper is IReportVerifier {
    error Asked(bytes32 digest);

    function verify(bytes32 digest, uint256, bytes calldata) external pure {
        revert Asked(digest);
    }

    function configDigest() external pure returns (bytes32) {
        return 0;
    }
}

/// The same file is read by protocol/src/cover/flightVectors.test.ts.
contract FlightVectorsTest is CoverFixture {
    function setUp() public {
        deployCover(100_000e6);
        CoverConfig memory c = coverConfig();
        c.verifier = new DigestKeeper();
        cover = new FlightCover(c);
    }

    function testEqualsTheVectors() public {
        string memory json = vm.readFile("packages/protocol/vectors/flight.json");
        uint256 count = 0;
        for (;; ++count) {
            string memory key = string.concat(".cases[", vm.toString(count), "].");
            if (!vm.keyExistsJson(json, string.concat(key, "flightId"))) break;
            FlightFeatures memory f = _read(json, key);
            bytes32 flightId = vm.parseJsonBytes32(json, string.concat(key, "flightId"));
            vm.assertEq(this.idOfCalldata(f), flightId, key);
            vm.chainId(vm.parseJsonUint(json, string.concat(key, "chainId")));
            address verifier = address(bytes20(vm.parseJsonBytes(json, string.concat(key, "verifier"))));
            bytes32 digest = coverDigest(this.structHashOfCalldata(f), block.chainid, verifier);
            vm.assertEq(digest, vm.parseJsonBytes32(json, string.concat(key, "featuresDigest")), key);
            PolicyId policy = cover.policyIdOf(
                address(bytes20(vm.parseJsonBytes(json, string.concat(key, "holder")))),
                FlightId.wrap(flightId),
                uint64(vm.parseJsonUint(json, string.concat(key, "salt")))
            );
            vm.assertEq(
                PolicyId.unwrap(policy), vm.parseJsonBytes32(json, string.concat(key, "policyId")), key
            );
            _checkNotice(json, key, f.cell, verifier);
        }
        vm.assertEq(count, 12, "vectors read");
    }

    /// FlightCover itself, at the vectors' address and chain, asks its verifier for this digest.
    function _checkNotice(string memory json, string memory key, uint32 cell, address verifier) private {
        uint40 movedAt = uint40(vm.parseJsonUint(json, string.concat(key, "movedAt")));
        if (movedAt == 0) return;
        vm.etch(verifier, address(cover).code);
        vm.warp(movedAt);
        bytes32 digest = vm.parseJsonBytes32(json, string.concat(key, "noticeDigest"));
        vm.expectRevert(abi.encodeWithSelector(DigestKeeper.Asked.selector, digest));
        FlightCover(verifier).moveForecast(cell, movedAt, 0, "");
    }

    function idOfCalldata(FlightFeatures calldata f) external pure returns (bytes32) {
        return FlightId.unwrap(FlightLib.idOf(f));
    }

    function structHashOfCalldata(FlightFeatures calldata f) external pure returns (bytes32) {
        return FlightLib.structHashOf(f);
    }

    function _read(string memory json, string memory key) private pure returns (FlightFeatures memory f) {
        f.carrier = bytes2(vm.parseJsonBytes(json, string.concat(key, "carrier")));
        f.number = uint16(vm.parseJsonUint(json, string.concat(key, "number")));
        f.origin = bytes3(vm.parseJsonBytes(json, string.concat(key, "origin")));
        f.destination = bytes3(vm.parseJsonBytes(json, string.concat(key, "destination")));
        f.departsAt = uint40(vm.parseJsonUint(json, string.concat(key, "departsAt")));
        f.arrivesAt = uint40(vm.parseJsonUint(json, string.concat(key, "arrivesAt")));
        f.features = bytes16(vm.parseJsonBytes(json, string.concat(key, "features")));
        f.observedAt = uint40(vm.parseJsonUint(json, string.concat(key, "observedAt")));
        f.day = uint32(vm.parseJsonUint(json, string.concat(key, "day")));
        f.cell = uint32(vm.parseJsonUint(json, string.concat(key, "cell")));
    }
}
