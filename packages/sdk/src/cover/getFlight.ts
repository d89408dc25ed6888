import {
  type FlightState,
  type FlightStatus,
  flightResults,
  LichenError,
  type WorldFlight,
} from '@lichen/protocol';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type Fields, fieldsOf, integerAt, objectAt, textAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { readWorldFlight } from './readWorldFlight.ts';

export interface FlightWithStatus {
  readonly flight: WorldFlight;
  /** What the sources say of it now. */
  readonly status: FlightStatus;
}

const states: readonly string[] = ['scheduled', 'airborne', 'still-flying', ...flightResults];

function minutesAt(fields: Fields, name: string): number | null {
  return fields.values[name] == null ? null : integerAt(fields, name, -100_000, 100_000);
}

/**
 * A flight and what the status sources say of it now.
 * @throws LichenError `unknown-flight`, `not-running`, `timeout`, `source-unavailable`, `bad-input`.
 */
export async function getFlight(
  client: LichenClient,
  parameters: { readonly flightId: Hex },
): Promise<FlightWithStatus> {
  const path = `/v1/flights/${parameters.flightId}`;
  const answer = fieldsOf('The flight', await requestGateway(client.gatewayUrl, path));
  const flight = readWorldFlight(answer.values.flight);
  if (flight.flightId.toLowerCase() !== parameters.flightId.toLowerCase()) {
    throw new LichenError('unknown-flight', 'The gateway answered about another flight.', {
      got: flight.flightId,
      expected: parameters.flightId,
    });
  }
  const status = objectAt(answer, 'status');
  const state = textAt(status, 'state');
  if (!states.includes(state)) {
    throw new LichenError('bad-input', 'The status of the flight is unknown to this release.', {
      got: state.slice(0, 40),
      expected: states.join(', '),
    });
  }
  return {
    flight,
    status: {
      state: state as FlightState,
      departureDelayMinutes: minutesAt(status, 'departureDelayMinutes'),
      arrivalDelayMinutes: minutesAt(status, 'arrivalDelayMinutes'),
      observedAt: integerAt(status, 'observedAt', 0, 2 ** 40 - 1),
    },
  };
}
