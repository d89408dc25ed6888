import { flightIdOf, LichenError, type Origin, type WorldFlight } from '@lichen/protocol';
import { fieldsOf, hexAt, integerAt, textAt } from '../network/readFields.ts';

const latest = 2 ** 40 - 1;
const origins: readonly string[] = ['EWR', 'JFK', 'LGA'];

/**
 * Reads a flight as a status source or gateway tells it, and checks that its id is the id of its facts.
 * @throws LichenError `bad-input` when a field is missing, malformed, or the id belongs to another flight.
 */
export function readWorldFlight(value: unknown): WorldFlight {
  const fields = fieldsOf('A flight', value);
  const origin = textAt(fields, 'origin');
  const flight = {
    carrier: textAt(fields, 'carrier'),
    number: integerAt(fields, 'number', 0, 65_535),
    origin,
    destination: textAt(fields, 'destination'),
    departsAt: integerAt(fields, 'departsAt', 0, latest),
    arrivesAt: integerAt(fields, 'arrivesAt', 0, latest),
  };
  const flightId = hexAt(fields, 'flightId', 32);
  // Text of another shape cannot be a code of the record, and would break the fixed-size encoding below.
  const wellFormed =
    /^[A-Z0-9]{2}$/.test(flight.carrier) && origins.includes(origin) && /^[A-Z]{3}$/.test(flight.destination);
  if (!wellFormed || flightIdOf(flight) !== flightId.toLowerCase()) {
    throw new LichenError('bad-input', 'A flight does not match its id.', {
      got: `${flight.carrier}${flight.number} ${origin}-${flight.destination} as ${flightId.slice(0, 18)}`.slice(
        0,
        90,
      ),
      expected: 'the hash of airline, number, airports and times',
      next: 'Use another gateway: this one tells flights apart wrongly.',
    });
  }
  return {
    ...flight,
    origin: origin as Origin,
    flightId,
    row: integerAt(fields, 'row', 0, Number.MAX_SAFE_INTEGER),
    tail: textAt(fields, 'tail'),
    distanceMiles: integerAt(fields, 'distanceMiles', 0, 30_000),
    scheduledDeparture: integerAt(fields, 'scheduledDeparture', 0, latest),
    scheduledArrival: integerAt(fields, 'scheduledArrival', 0, latest),
    aircraftYear: integerAt(fields, 'aircraftYear', 0, 9_999),
    recordedLocal: textAt(fields, 'recordedLocal').replace(/[^\d :-]/g, ''),
  };
}
