import {
  type Flight,
  type FlightAnswer,
  flightAnswers,
  flightIdOf,
  flightInputOf,
  flightTopic,
  type QuestionSpec,
} from '@lichen/protocol';
import { type Hex, hexToBigInt, keccak256, toBytes, zeroHash } from 'viem';
import { expect, test } from 'vitest';
import type { FlightStatusSource } from '../sources/source.ts';
import { observeQuestion } from './observeQuestion.ts';

const flight: Flight = {
  carrier: 'UA',
  number: 1545,
  origin: 'EWR',
  destination: 'IAH',
  departsAt: 1_800_000_000,
  arrivesAt: 1_800_010_000,
};
const flightId = flightIdOf(flight);
const live: QuestionSpec = {
  asker: '0x00000000000000000000000000000000000000c0',
  kind: 1,
  low: 0n,
  high: 4n,
  topic: flightTopic,
  subject: flightId,
  modelId: zeroHash,
  inputHash: flightId,
  opensAt: flight.arrivesAt,
  answerBy: flight.arrivesAt + 10_000,
  liveness: 3,
  callbackGas: 0,
  salt: 1n,
};
const observedTo = flight.arrivesAt + 100;

/** A source that says one thing, or nothing yet. */
function saying(name: string, answer: FlightAnswer | undefined): FlightStatusSource {
  return {
    name,
    observe: async () => ({
      status: {
        state: answer ?? 'airborne',
        departureDelayMinutes: null,
        arrivalDelayMinutes: null,
        observedAt: 0,
      },
      answer,
      statement: undefined,
      flight: undefined,
      evidence: { url: 'https://example.org', fetchedAt: 0, bodyHash: keccak256(toBytes(name)) },
    }),
  };
}

async function observed(
  spec: QuestionSpec,
  said: readonly (FlightAnswer | undefined)[],
  recorded: readonly (FlightAnswer | undefined)[] = [],
): Promise<string> {
  const inputs = new Map<Hex, Hex>([[flightId, flightInputOf(flight)]]);
  const found = await observeQuestion(
    {
      statusSources: recorded.map((answer, index) => saying(`recorded ${index}`, answer)),
      liveSources: said.map((answer, index) => saying(`live ${index}`, answer)),
      flightOf: async () => flight,
      modelBlob: async () => undefined,
      inferOnChain: async () => 0n,
      inputOf: (hash) => inputs.get(hash),
    },
    zeroHash,
    spec,
    observedTo,
  );
  if (found.outcome !== 0) return found.outcome === 1 ? 'UNRESOLVED' : 'TOO_EARLY';
  return flightAnswers[Number(hexToBigInt(found.answer))]!;
}

test.each<[string, (FlightAnswer | undefined)[], string]>([
  ['two of three', ['late', 'on-time', 'late'], 'late'],
  ['one of three', ['late', 'on-time', undefined], 'TOO_EARLY'],
  ['three of five against two', ['on-time', 'late', 'on-time', 'late', 'late'], 'late'],
  ['two against two of four', ['on-time', 'late', 'on-time', 'late'], 'TOO_EARLY'],
  ['none of none', [], 'TOO_EARLY'],
])('live sources: %s', async (_, said, expected) => {
  expect(await observed(live, said)).toBe(expected);
});

test('a live question is never answered by the sources of recorded days, nor a recorded one by live sources', async () => {
  const lies: FlightAnswer[] = ['cancelled', 'cancelled', 'cancelled'];
  expect(await observed(live, [], lies)).toBe('TOO_EARLY');
  expect(await observed(live, ['late', 'late'], lies)).toBe('late');
  expect(await observed({ ...live, inputHash: zeroHash }, lies, ['late', 'late'])).toBe('late');
});

test('near its deadline a question that was looked at is UNRESOLVED, one that nobody could look at is not', async () => {
  const soon = { ...live, answerBy: observedTo + 10 };
  expect(await observed(soon, ['late', 'on-time'])).toBe('UNRESOLVED');
  expect(await observed(soon, [])).toBe('TOO_EARLY');
});
