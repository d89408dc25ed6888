import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consistencyProofOf,
  entryHashOf,
  journalKeyOf,
  nodeHashOf,
  openCheckpoint,
  type SubtreeReader,
  signatureTypes,
  signCheckpoint,
  toBase64,
  treeRootOf,
  verifyCosignatures,
} from '@lichen/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWitness, type Witness } from './createWitness.ts';

const origin = 'lichen.test/agent';
const secret = new Uint8Array(32).fill(3);
const key = journalKeyOf(origin, secret);
const secrets = [
  { name: 'witness.test/a', type: signatureTypes.cosignatureEd25519, seed: new Uint8Array(32).fill(4) },
  { name: 'witness.test/a', type: signatureTypes.cosignatureMlDsa44, seed: new Uint8Array(32).fill(5) },
];

function treeOf(text: string): SubtreeReader {
  const read: SubtreeReader = (level, index) =>
    level === 0
      ? entryHashOf(Buffer.from(`${text} ${index}`))
      : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1));
  return read;
}
const honest = treeOf('honest');
/** The same first ten entries, another eleventh. */
const rewritten: SubtreeReader = (level, index) => {
  if (level === 0) return index === 4 ? entryHashOf(Buffer.from('never happened')) : honest(0, index);
  return nodeHashOf(rewritten(level - 1, index * 2), rewritten(level - 1, index * 2 + 1));
};
const headOf = (read: SubtreeReader, size: number, by = secret) =>
  signCheckpoint({ origin, size, root: treeRootOf(read, size) }, by);
function requestOf(read: SubtreeReader, oldSize: number, size: number, by = secret): string {
  const proof = oldSize < size ? consistencyProofOf(read, oldSize, size) : [];
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${headOf(read, size, by)}`;
}

let folder: string;
let witness: Witness;
const open = () =>
  createWitness({
    folder,
    secrets,
    logOf: (name) => (name === origin ? key : undefined),
    clock: () => 1_700_000_000.5,
  });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-witness-'));
  witness = await open();
});
afterEach(async () => {
  await witness.close();
  rmSync(folder, { recursive: true });
});
const originHash = createHash('sha256').update(origin).digest('hex');

test('signs a journal that grows, with both kinds of key, and tells its last head', () => {
  for (const [oldSize, size] of [
    [0, 3],
    [3, 3],
    [3, 20],
  ] as const) {
    const { status, body } = witness.addCheckpoint(requestOf(honest, oldSize, size));
    expect(status).toBe(200);
    const opened = openCheckpoint(headOf(honest, size) + body, key);
    const { valid } = verifyCosignatures(opened.note, opened, witness.keys);
    expect(valid.map(({ time }) => time)).toEqual([1_700_000_000, 1_700_000_000]);
  }
  const latest = witness.latest(originHash);
  expect(latest.status).toBe(200);
  expect(openCheckpoint(latest.body, key).size).toBe(20);
});

describe('refusals', () => {
  test('an operator who rewrites the past', () => {
    witness.addCheckpoint(requestOf(honest, 0, 10));
    expect(witness.addCheckpoint(requestOf(rewritten, 10, 20)).status).toBe(422);
    expect(witness.addCheckpoint(requestOf(rewritten, 10, 10)).status).toBe(422);
    expect(witness.addCheckpoint(requestOf(rewritten, 0, 20)).status).toBe(409);
    expect(openCheckpoint(witness.latest(originHash).body, key).size).toBe(10);
  });

  test('two requests over the same old head: the second one is told the new size', () => {
    witness.addCheckpoint(requestOf(honest, 0, 10));
    expect(witness.addCheckpoint(requestOf(honest, 10, 12)).status).toBe(200);
    expect(witness.addCheckpoint(requestOf(honest, 10, 11))).toEqual({
      status: 409,
      body: '12\n',
      contentType: 'text/x.tlog.size',
    });
  });

  test('what it signed survives a restart', async () => {
    witness.addCheckpoint(requestOf(honest, 0, 10));
    await witness.close();
    witness = await open();
    expect(witness.addCheckpoint(requestOf(rewritten, 0, 5)).status).toBe(409);
    expect(witness.addCheckpoint(requestOf(honest, 10, 11)).status).toBe(200);
  });

  test('unknown journals, foreign keys, shrinking, nonsense', () => {
    const other = signCheckpoint({ origin: 'lichen.test/other', size: 0, root: new Uint8Array(32) }, secret);
    expect(witness.addCheckpoint(`old 0\n\n${other}`).status).toBe(404);
    expect(witness.addCheckpoint(requestOf(honest, 0, 5, new Uint8Array(32).fill(9))).status).toBe(403);
    expect(witness.addCheckpoint(requestOf(honest, 9, 5)).status).toBe(400);
    for (const body of ['', 'old 0', 'old 01\n\n', `old 0\nAAAA\n\n${headOf(honest, 5)}`, 'old 0\n\nnote']) {
      expect([400, 404]).toContain(witness.addCheckpoint(body).status);
    }
    const proof = `${toBase64(new Uint8Array(32))}\n`;
    expect(witness.addCheckpoint(`old 0\n${proof}\n${headOf(honest, 5)}`).status).toBe(422);
    expect(witness.addCheckpoint(`old 0\n${proof.repeat(64)}\n${headOf(honest, 5)}`).status).toBe(400);
    expect(witness.latest('../secrets').status).toBe(404);
    expect(witness.latest(originHash).status).toBe(404);
  });

  test('an empty journal has the root of nothing', () => {
    const empty = (root: Uint8Array) => `old 0\n\n${signCheckpoint({ origin, size: 0, root }, secret)}`;
    expect(witness.addCheckpoint(empty(new Uint8Array(32))).status).toBe(422);
    expect(witness.addCheckpoint(empty(new Uint8Array(createHash('sha256').digest()))).status).toBe(200);
  });
});
