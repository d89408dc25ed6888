import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileLater } from '../storage/writeFileDurably.ts';

/** Where a journal of decisions stood, so that a start need not read all of it. Made again from the journal when it is gone. */
export interface DecisionSnapshot {
  readonly origin: string;
  /** Entries that it knows of. */
  readonly size: number;
  /** Root over them, hex: it speaks of this journal and of no other. */
  readonly root: string;
  /** `seq` of the next decision. */
  readonly seq: number;
  /** Leaf hashes and indices of intents that are open. */
  readonly open: readonly (readonly [leafHash: string, index: number])[];
}

function macOf(body: string, secretKey: Uint8Array): Buffer {
  return createHmac('sha256', secretKey).update('lichen.snapshot/v1\n').update(body).digest();
}

/** Writes a snapshot. It is under a code of the journal's key: an open intent must not be made to look done in it. */
export async function writeSnapshot(
  path: string,
  snapshot: DecisionSnapshot,
  secretKey: Uint8Array,
): Promise<void> {
  const { origin, size, root, seq, open } = snapshot;
  const body = JSON.stringify({ origin, size, root, seq, open });
  await writeFileLater(path, `${macOf(body, secretKey).toString('hex')}\n${body}\n`);
}

/** The snapshot, or undefined where there is none that this key wrote. */
export function readSnapshot(path: string, secretKey: Uint8Array): DecisionSnapshot | undefined {
  if (!existsSync(path)) return undefined;
  const [mac = '', body = ''] = readFileSync(path, 'utf8').split('\n');
  const expected = macOf(body, secretKey);
  const given = Buffer.from(mac, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(body) as DecisionSnapshot;
}
