import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  blankDecision,
  type CheckJournalParameters,
  checkJournal,
  cosign,
  type JournalReport,
  journalKeyOf,
  type KnownHead,
  parseTrustPolicy,
  signatureLineOf,
  signatureTypes,
  vkeyTextOf,
  type WitnessSecret,
  witnessKeyOf,
} from '@lichen/protocol';
import {
  type DecisionDraft,
  type Journal,
  openDecisionLog,
  openJournal,
  platformSha256,
} from '../../src/index.ts';

export const origin = 'lichen.test/sample';
export const secretKey = new Uint8Array(32).fill(5);
export const vkey = vkeyTextOf(journalKeyOf(origin, secretKey));
export const agent = 'eip155:31338:0x00000000000000000000000000000000000000aa';

export const witnesses: readonly WitnessSecret[] = [
  signatureTypes.cosignatureEd25519,
  signatureTypes.cosignatureMlDsa44,
].map((type) => ({ name: `witness.test/${type}`, type, seed: new Uint8Array(32).fill(type) }));

/** Both witnesses must have signed. */
export const policy = parseTrustPolicy(
  [
    `log ${vkey}`,
    ...witnesses.map((witness, at) => `witness w${at} ${vkeyTextOf(witnessKeyOf(witness))}`),
    'group both all w0 w1',
    'quorum both',
  ].join('\n'),
);

export const draft: DecisionDraft = {
  ...blankDecision,
  choice: 'hold',
  kind: 'refusal',
  rules: { sha256: '0'.repeat(64), version: '1' },
  task: 'rebalance',
};

/** Files of a journal by their path below `log/`. */
export type JournalFiles = Map<string, Uint8Array>;

export function readFiles(folder: string): JournalFiles {
  const log = join(folder, 'log');
  const paths = readdirSync(log, { recursive: true, encoding: 'utf8' }).map((path) => join(log, path));
  return new Map(
    paths
      .filter((path) => statSync(path).isFile())
      .map((path) => [relative(log, path).replaceAll('\\', '/'), new Uint8Array(readFileSync(path))]),
  );
}

/** Has both witnesses sign the last head. */
export function cosignHead(journal: Journal): void {
  const head = journal.head()!;
  const lines = witnesses.map((witness) => signatureLineOf(cosign(witness, head, 1_700_000_000)));
  journal.addCosignatures(head.size, lines.join(''));
}

export interface SampleJournal {
  readonly files: JournalFiles;
  /** Heads at the sizes asked for, as a chain would have them. */
  readonly anchors: readonly KnownHead[];
}

/** A journal of `count` decisions that both witnesses signed, as its public files. */
export async function sampleJournal(count: number, anchorAt: readonly number[] = []): Promise<SampleJournal> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-sample-'));
  try {
    let time = 1_000;
    const clock = () => time++;
    const log = await openDecisionLog({ folder, origin, secretKey, agent, clock, checkpointEveryMs: 0 });
    const anchors: KnownHead[] = [];
    for (const size of [...anchorAt, count]) {
      const more = size - log.journal.size();
      await Promise.all(
        Array.from({ length: more }, (_, at) => log.record({ ...draft, choice: `hold ${at}` })),
      );
      await log.journal.checkpoint();
      const { root } = log.journal.head()!;
      if (anchorAt.includes(size)) anchors.push({ size, root, where: `block ${size}` });
    }
    cosignHead(log.journal);
    await log.close();
    return { files: readFiles(folder), anchors };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A journal of short entries that are no decisions: quick to check many times. */
export async function plainJournal(entries: readonly Uint8Array[]): Promise<JournalFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-sample-'));
  try {
    const journal = await openJournal({ folder, origin, secretKey, checkpointEveryMs: 0 });
    await Promise.all(entries.map((entry) => journal.append(entry)));
    await journal.checkpoint();
    cosignHead(journal);
    await journal.close();
    return readFiles(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a reader with the journal's key and policy finds in these files. */
export function checkFiles(
  files: JournalFiles,
  more: Partial<CheckJournalParameters> = {},
): Promise<JournalReport> {
  return checkJournal({
    read: async (path) => files.get(path),
    vkey,
    policy,
    hash: platformSha256,
    ...more,
  });
}

/** The files with one of them replaced, or taken away. */
export function withFile(files: JournalFiles, path: string, bytes: Uint8Array | undefined): JournalFiles {
  const changed = new Map(files);
  if (bytes === undefined) changed.delete(path);
  else changed.set(path, bytes);
  return changed;
}

/** The bytes with one of them changed. */
export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= mask;
  return changed;
}
