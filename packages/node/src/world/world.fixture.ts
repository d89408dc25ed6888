import { fileURLToPath } from 'node:url';
import { chainTimeOf, type WorldFlight } from '@lichen/protocol';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { type FlightRecord, loadRecord } from '../record/loadRecord.ts';
import { worldFlightOf } from './flightBook.ts';
import type { ReplayWorld } from './replayWorld.ts';
import { startStatusSource } from './statusSource.ts';

/** Support for tests of the replay world, its sources and its reporters: the shipped record on a clock of the test's own. */
const dataDir = fileURLToPath(new URL('../../../../applications/flight-cover/data', import.meta.url));

let loaded: FlightRecord | undefined;
export function testRecord(): FlightRecord {
  loaded ??= loadRecord(dataDir);
  return loaded;
}

const day = 86_400;
/** Three weeks from 5 December 2013, at 60 recorded seconds a chain second. */
export const testWorld: ReplayWorld = {
  recordedEpoch: Date.UTC(2013, 11, 5, 12) / 1000,
  chainEpoch: 1_800_000_000,
  speed: 60,
  recordedFrom: Date.UTC(2013, 11, 5, 5) / 1000,
  recordedTo: Date.UTC(2013, 11, 5, 5) / 1000 + 21 * day,
};

export const testVerifier = {
  chainId: 31_337,
  address: '0x00000000000000000000000000000000000000a1',
} as const;
export const testCover = { chainId: 31_337, address: '0x00000000000000000000000000000000000000c0' } as const;
export const controlToken = 'a-token-of-the-test';

/** A clock that a test sets: chain seconds. */
export function settableClock(start: number) {
  const clock = Object.assign(() => clock.now, { now: start });
  return clock;
}

/** Chain second, whole, of a recorded moment in the first lap. */
export function chainAt(recorded: number): number {
  return chainTimeOf(testWorld, recorded);
}

/** The first flight after the start of the world whose outcome fits. */
export function flightWith(
  fits: (outcome: ReturnType<FlightRecord['outcomeAt']>) => boolean,
  after = testWorld.recordedEpoch + 3 * 3_600,
): { flight: WorldFlight; outcome: ReturnType<FlightRecord['outcomeAt']> } {
  const record = testRecord();
  const { first, end } = record.rowsDeparting(after, testWorld.recordedTo);
  for (let row = first; row < end; row++) {
    const outcome = record.outcomeAt(row);
    if (fits(outcome)) return { flight: worldFlightOf(testWorld, record.flightAt(row), 0), outcome };
  }
  throw new Error('the record holds no such flight');
}

/** A deterministic test key. */
export function testKey(index: number): Hex {
  return `0x${(index + 1).toString(16).padStart(64, '0')}`;
}

/** Three status sources on free ports and the clock they share. */
export async function startSources(clock: () => number) {
  const parts = await Promise.all(
    [0, 1, 2].map((index) =>
      startStatusSource({
        name: `source ${index}`,
        privateKey: testKey(100 + index),
        verifier: testVerifier,
        world: testWorld,
        record: testRecord(),
        controlToken,
        port: 0,
        clock,
      }),
    ),
  );
  const endpoints = parts.map((part, index) => ({
    name: `source ${index}`,
    url: part.url,
    address: privateKeyToAccount(testKey(100 + index)).address,
  }));
  const setMode = async (index: number, mode: string, flightId?: Hex) => {
    const response = await fetch(`${endpoints[index]!.url}/v1/mode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-lichen-control': controlToken },
      body: JSON.stringify({ mode, ...(flightId === undefined ? {} : { flightId }) }),
    });
    if (!response.ok) throw new Error(`mode not set: ${response.status}`);
  };
  return { endpoints, setMode, stop: () => Promise.all(parts.map((part) => part.stop())) };
}
