import { decodeAbiParameters, encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { decodeFlight, encodeFlight, type Flight } from './flight.ts';

const parameters = [
  { name: 'carrier', type: 'bytes2' },
  { name: 'number', type: 'uint16' },
  { name: 'origin', type: 'bytes3' },
  { name: 'destination', type: 'bytes3' },
  { name: 'departsAt', type: 'uint40' },
  { name: 'arrivesAt', type: 'uint40' },
] as const;

/** No scheduled flight is longer, seconds. */
const longestFlight = 24 * 3_600;

/**
 * The bytes that a flight's id is the keccak256 of: its ABI encoding, 192 bytes. Published as the input of a question
 * about a live flight, they tell reporters which flight is meant, and nobody can publish others for the same id.
 */
export function flightInputOf(flight: Flight): Hex {
  const { carrier, number, origin, destination, departsAt, arrivesAt } = encodeFlight(flight);
  return encodeAbiParameters(parameters, [carrier, number, origin, destination, departsAt, arrivesAt]);
}

/**
 * The flight that input bytes describe, or undefined when they are not the canonical encoding of a plausible flight:
 * airline of two and airports of three capitals or digits (they end in providers' addresses), arrival within a day
 * after departure.
 */
export function flightOfInput(input: Hex): Flight | undefined {
  try {
    const [carrier, number, origin, destination, departsAt, arrivesAt] = decodeAbiParameters(
      parameters,
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
