// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// keccak256(abi.encode(carrier, number, origin, destination, departsAt, arrivesAt)).
type FlightId is bytes32;

/// What reporters sign for a quote (EIP-712 `FlightFeatures`, domain of FlightCover).
struct FlightFeatures {
    bytes2 carrier;
    uint16 number;
    bytes3 origin;
    bytes3 destination;
    /// Chain time, unix seconds.
    uint40 departsAt;
    uint40 arrivesAt;
    /// 16 inputs of the model, each 0..127.
    bytes16 features;
    uint40 observedAt;
    /// Local date of departure as yyyymmdd; with the origin it names the airport-day of the exposure limit.
    uint32 day;
    uint32 cell;
}

library FlightLib {
    bytes32 internal constant FLIGHT_FEATURES_TYPEHASH = keccak256(
        "FlightFeatures(bytes2 carrier,uint16 number,bytes3 origin,bytes3 destination,uint40 departsAt,uint40 arrivesAt,bytes16 features,uint40 observedAt,uint32 day,uint32 cell)"
    );

    function idOf(FlightFeatures calldata f) internal pure returns (FlightId) {
        return FlightId.wrap(
            keccak256(abi.encode(f.carrier, f.number, f.origin, f.destination, f.departsAt, f.arrivesAt))
        );
    }

    function structHashOf(FlightFeatures calldata f) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                FLIGHT_FEATURES_TYPEHASH,
                f.carrier,
                f.number,
                f.origin,
                f.destination,
                f.departsAt,
                f.arrivesAt,
                f.features,
                f.observedAt,
                f.day,
                f.cell
            )
        );
    }
}
