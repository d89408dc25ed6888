// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Quote } from "../../src/cover/IFlightCover.sol";
import { PremiumLib } from "../../src/cover/PremiumLib.sol";
import { Test } from "../support/Test.sol";

contract PremiumLibTest is Test {
    /// The same file holds the TypeScript price; see protocol/src/cover/premium.ts.
    function testEqualsTheVectors() public view {
        string memory json = vm.readFile("packages/protocol/vectors/premium.json");
        uint256 least = vm.parseJsonUint(json, ".minProbabilityPpm");
        uint256 count = 0;
        for (;; ++count) {
            string memory key = string.concat(".cases[", vm.toString(count), "]");
            if (!vm.keyExistsJson(json, key)) break;
            Quote memory q = PremiumLib.priceUp(
                vm.parseJsonUint(json, string.concat(key, ".probabilityPpm")),
                least,
                vm.parseJsonUint(json, string.concat(key, ".payout")),
                vm.parseJsonUint(json, string.concat(key, ".marginBps")),
                vm.parseJsonUint(json, string.concat(key, ".capitalChargeBps")),
                vm.parseJsonUint(json, string.concat(key, ".usePpm"))
            );
            vm.assertEq(q.expectedLoss, vm.parseJsonUint(json, string.concat(key, ".expectedLoss")), key);
            vm.assertEq(q.margin, vm.parseJsonUint(json, string.concat(key, ".margin")), key);
            vm.assertEq(q.exposureCharge, vm.parseJsonUint(json, string.concat(key, ".exposureCharge")), key);
            vm.assertEq(q.premium, vm.parseJsonUint(json, string.concat(key, ".premium")), key);
        }
        vm.assertGt(count, 20, "vectors read");
    }

    function testUtilisationRoundsUp() public pure {
        vm.assertEq(PremiumLib.utilisationPpmUp(0, 7), 0);
        vm.assertEq(PremiumLib.utilisationPpmUp(1, 3), 333_334);
        vm.assertEq(PremiumLib.utilisationPpmUp(7, 7), 1_000_000);
        vm.assertEq(PremiumLib.utilisationPpmUp(1, 0), 1_000_000);
    }

    /// No rounding favours the buyer, and none costs more than a unit a part.
    function testFuzzRoundsUpByLessThanAUnit(uint256 probability, uint256 payout, uint256 use) public pure {
        probability = bound(probability, 0, 1_000_000);
        payout = bound(payout, 1, type(uint40).max);
        use = bound(use, 0, 1_000_000);
        Quote memory q = PremiumLib.priceUp(probability, 2000, payout, 2000, 200, use);
        uint256 priced = probability > 2000 ? probability : 2000;
        _isCeiling(q.expectedLoss, payout * priced, 1e6);
        _isCeiling(q.margin, q.expectedLoss * 2000, 1e4);
        _isCeiling(q.exposureCharge, payout * 200 * use * use, 1e16);
        vm.assertEq(q.premium, q.expectedLoss + q.margin + q.exposureCharge);
    }

    function testFuzzPriceRisesWithEveryInput(uint256 probability, uint256 payout, uint256 use) public pure {
        probability = bound(probability, 0, 999_999);
        payout = bound(payout, 1, 2000e6);
        use = bound(use, 0, 999_999);
        uint256 base = _premium(probability, payout, use);
        vm.assertGe(_premium(probability + 1, payout, use), base);
        vm.assertGe(_premium(probability, payout + 1, use), base);
        vm.assertGe(_premium(probability, payout, use + 1), base);
    }

    function _premium(uint256 probability, uint256 payout, uint256 use) private pure returns (uint256) {
        return PremiumLib.priceUp(probability, 2000, payout, 2000, 200, use).premium;
    }

    function _isCeiling(uint256 got, uint256 numerator, uint256 denominator) private pure {
        vm.assertGe(got * denominator, numerator);
        vm.assertLt(got * denominator, numerator + denominator);
    }
}
