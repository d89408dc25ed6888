import { LichenError, type WorldFlight } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { getFlight } from './getFlight.ts';
import { searchFlights } from './searchFlights.ts';

/** A flight as a person names it: a whole id, the first digits of one, or airline and number. */
export type FlightName =
  | { readonly kind: 'id'; readonly id: Hex }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'number'; readonly carrier: string; readonly number: number };

/**
 * Reads a flight's name: `0x` and 64 hex digits, `0x` and at least 6, or airline and number such as `UA1545`.
 * @throws LichenError `bad-input`.
 */
export function parseFlightName(text: string): FlightName {
  const id = /^0x([0-9a-f]{6,64})$/i.exec(text);
  if (id !== null) {
    const digits = id[1]!.toLowerCase();
    return digits.length === 64
      ? { kind: 'id', id: `0x${digits}` }
      : { kind: 'prefix', prefix: `0x${digits}` };
  }
  const number = /^([A-Z0-9]{2}) ?([1-9]\d{0,4})$/.exec(text.toUpperCase());
  if (number !== null && /[A-Z]/.test(number[1]!) && Number(number[2]) <= 65_535) {
    return { kind: 'number', carrier: number[1]!, number: Number(number[2]) };
  }
  throw new LichenError('bad-input', 'That names no flight.', {
    got: JSON.stringify(text.slice(0, 80)),
    expected: 'airline and number such as UA1545, or at least six digits of a flight id such as 0x3fa94c',
    next: 'List the flights on sale with `lichen cover flights`.',
    retry: 'after-fix',
  });
}

/**
 * The flight that a name means: the next one that leaves under that number, or the one whose id starts so.
 * @throws LichenError `bad-input` for a malformed or ambiguous name, `unknown-flight` when none leaves within two
 * recorded days, and what `searchFlights` throws.
 */
export async function findFlight(
  client: LichenClient,
  parameters: { readonly name: string },
): Promise<WorldFlight> {
  const name = parseFlightName(parameters.name);
  if (name.kind === 'id') return (await getFlight(client, { flightId: name.id })).flight;
  const from = await getChainTime(client);
  const flights = await searchFlights(client, {
    from,
    to: from + Math.ceil((2 * 86_400) / client.config.world.speed),
    ...(name.kind === 'number' ? { carrier: name.carrier } : {}),
  });
  const found = flights.filter((flight) =>
    name.kind === 'number' ? flight.number === name.number : flight.flightId.startsWith(name.prefix),
  );
  if (found.length === 0) {
    throw new LichenError('unknown-flight', 'No such flight leaves soon.', {
      got: parameters.name,
      expected: 'a flight that leaves within the next two recorded days',
      next: 'List the flights on sale with `lichen cover flights`.',
      retry: 'after-fix',
    });
  }
  if (name.kind === 'prefix' && found.length > 1) {
    throw new LichenError('bad-input', 'Several flights start with these digits.', {
      got: `${found.length} flights for ${parameters.name}`,
      expected: 'one flight',
      next: 'Write more digits of the flight id.',
      retry: 'after-fix',
    });
  }
  return found[0]!;
}
