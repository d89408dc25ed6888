import { decodeAbiParameters, type Hex, keccak256 } from 'viem';
import { decodeFlight, type Flight, flightInputOf, flightParameters } from './flight.ts';

/** No scheduled flight is longer, seconds. */
const longestFlight = 24 * 3_600;

/**
 * The flight that input bytes describe, or undefined when they are not the canonical encoding of a plausible flight:
 * airline of two and airports of three capitals or digits (they end in providers' addresses), arrival within a day
 * after departure.
 */
export function flightOfInput(input: Hex): Flight | undefined {
  try {
    const [carrier, number, origin, destination, departsAt, arrivesAt] = decodeAbiParameters(
      flightParameters,
      input,
    );
    const flight = decodeFlight({ carrier, number, origin, destination, departsAt, arrivesAt });
    const isNamed =
      /^[A-Z0-9]{2}$/.test(flight.carrier) &&
      /^[A-Z]{3}$/.test(flight.origin) &&
      /^[A-Z]{3}$/.test(flight.destination);
    const isTimed = arrivesAt > departsAt && arrivesAt - departsAt <= longestFlight;
    // Compared by hash, so that one id has one encoding.
    const isCanonical = keccak256(flightInputOf(flight)) === keccak256(input);
    return isNamed && isTimed && isCanonical ? flight : undefined;
  } catch {
    return undefined;
  }
}
