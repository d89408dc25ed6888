// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Quote } from "./IFlightCover.sol";

/// @title The price formula; protocol/src/cover/premium.ts is the same in TypeScript, held equal by vectors.
library PremiumLib {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant PPM = 1_000_000;

    /// exposure / limit in parts per million, rounded up; a zero limit counts as full.
    function utilisationPpmUp(uint256 exposure, uint256 limit) internal pure returns (uint256) {
        return limit == 0 ? PPM : Math.mulDiv(exposure, PPM, limit, Math.Rounding.Ceil);
    }

    /// expected = ceil(payout × p); margin = ceil(expected × margin); charge = ceil(payout × charge × use²), use being
    /// the highest utilisation after the sale. Each part is rounded up; the premium is their sum.
    function priceUp(
        uint256 probabilityPpm,
        uint256 minProbabilityPpm,
        uint256 payout,
        uint256 marginBps,
        uint256 capitalChargeBps,
        uint256 usePpm
    ) internal pure returns (Quote memory q) {
        q.probabilityPpm = probabilityPpm;
        uint256 priced = probabilityPpm > minProbabilityPpm ? probabilityPpm : minProbabilityPpm;
        q.expectedLoss = Math.mulDiv(payout, priced, PPM, Math.Rounding.Ceil);
        q.margin = Math.mulDiv(q.expectedLoss, marginBps, BPS, Math.Rounding.Ceil);
        q.exposureCharge =
            Math.mulDiv(payout * capitalChargeBps, usePpm * usePpm, BPS * PPM * PPM, Math.Rounding.Ceil);
        q.premium = q.expectedLoss + q.margin + q.exposureCharge;
    }
}
