import type { FlightState, FlightStatus } from '@lichen/protocol';
import { formatDelay } from '../format/duration.ts';

const words: Readonly<Record<FlightState, string>> = {
  scheduled: 'Scheduled',
  airborne: 'In the air',
  'still-flying': 'Still flying an hour after schedule',
  'on-time': 'Landed in time',
  late: 'Landed late',
  cancelled: 'Cancelled',
  diverted: 'Diverted',
};

/** A flight's status as a person would say it, with the delay where one is known. */
export function flightStateText(
  status: Pick<FlightStatus, 'state' | 'departureDelayMinutes' | 'arrivalDelayMinutes'>,
) {
  const { state, arrivalDelayMinutes, departureDelayMinutes } = status;
  if ((state === 'on-time' || state === 'late') && arrivalDelayMinutes !== null) {
    return `Landed ${formatDelay(arrivalDelayMinutes)}`;
  }
  if (state === 'airborne' && departureDelayMinutes !== null) {
    return `In the air, left ${formatDelay(departureDelayMinutes)}`;
  }
  return words[state];
}

/** Whether a result of the flight pays its cover; undefined while the result is open. */
export function paysCover(state: FlightState): boolean | undefined {
  if (state === 'scheduled' || state === 'airborne') return undefined;
  return state !== 'on-time';
}
