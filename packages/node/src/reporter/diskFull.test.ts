import { join } from 'node:path';
import { type Hex, keccak256, toBytes, toHex, zeroHash } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import { mountSmallDisk } from '../../../../applications/flight-cover/test/support/smallDisk.ts';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { openInputStore } from './inputStore.ts';
import { type ArchivedRound, openRoundArchive } from './roundArchive.ts';
import { openSignedRounds } from './signedRounds.ts';

// Room for the log's 64 kB steps and a few files.
const disk = mountSmallDisk(512);
afterAll(() => disk?.unmount());

const digestOf = (round: number): Hex => keccak256(toHex(round));
const isFull = expect.objectContaining({ name: 'LichenError', code: 'disk-full' });

function roundOf(round: number): ArchivedRound {
  const leaf = { topic: zeroHash, subject: zeroHash, outcome: 0, answer: zeroHash, confidenceBps: 1 };
  return {
    round,
    leader: 0,
    observedFrom: 1,
    observedTo: 2,
    root: digestOf(round),
    dataDigest: zeroHash,
    leaves: [{ ...leaf, questionId: zeroHash, evidenceRoot: zeroHash }],
    reporters: [],
  };
}

/** The error that a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.skipIf(disk === undefined)('a reporter whose disk is full', () => {
  const at = (name: string) => join(disk!.folder, name);

  test('signs nothing that it could not remember, and goes on when there is room', () => {
    const signed = openSignedRounds(at('signed-rounds.log'));
    signed.claim(1, digestOf(1));
    disk!.fill();
    // What still fits into the last page of the file may be signed; then comes the end.
    let round = 2;
    let refused: unknown;
    while (refused === undefined) {
      refused = thrownBy(() => signed.claim(round, digestOf(round)));
      if (refused === undefined) round += 1;
    }
    expect(refused).toEqual(isFull);
    expect(signed.last).toBe(round - 1);
    expect((refused as Error).message).toContain('Free some space there');
    disk!.free();
    signed.claim(round, digestOf(round + 1_000));
    signed.close();

    const again = openSignedRounds(at('signed-rounds.log'));
    expect(again.last).toBe(round);
    // The digest that was refused was never signed; the one after it was, and holds.
    expect(thrownBy(() => again.claim(round, digestOf(round)))).toMatchObject({ code: 'bad-input' });
    again.claim(round, digestOf(round + 1_000));
    again.close();
  });

  test('keeps every input and every round that it took, and takes the refused one later', () => {
    const inputs = openInputStore(at('inputs'));
    const rounds = openRoundArchive(at('rounds'));
    const first = inputs.put('0x01');
    rounds.add(roundOf(7));
    disk!.fill();
    expect(thrownBy(() => inputs.put('0x02'))).toEqual(isFull);
    expect(inputs.get(keccak256('0x02'))).toBeUndefined();
    expect(thrownBy(() => rounds.add(roundOf(8)))).toEqual(isFull);
    disk!.free();
    expect(inputs.put('0x02')).toBe(keccak256('0x02'));
    const again = openInputStore(at('inputs'));
    expect([again.get(first), again.get(keccak256('0x02'))]).toEqual(['0x01', '0x02']);
    expect(openRoundArchive(at('rounds')).get(7)).toEqual(roundOf(7));
  });

  test('says so when evidence cannot be kept, to everybody who waits for the same body, and leaves no half of it', async () => {
    const evidence = await openEvidenceStore(at('evidence'));
    const kept = await evidence.put(toBytes('kept'));
    disk!.fill();
    const body = new Uint8Array(100_000).fill(7);
    const both = await Promise.allSettled([evidence.put(body), evidence.put(body)]);
    expect(both.map((result) => result.status === 'rejected' && result.reason)).toEqual([isFull, isFull]);
    expect(await evidence.get(keccak256(body))).toBeUndefined();
    disk!.free();
    const hash = await evidence.put(body);
    const again = await openEvidenceStore(at('evidence'));
    expect(await again.get(hash)).toEqual(Buffer.from(body));
    expect(await again.get(kept)).toEqual(Buffer.from(toBytes('kept')));
  });
});
