import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DecisionLog, openDecisionLog } from '@lichen/journal';
import { blobHashOf, vkeyTextOf } from '@lichen/protocol';

/** The journal of one run, with the key that verifies it. */
export interface RunLog {
  readonly decisions: DecisionLog;
  readonly origin: string;
  readonly vkey: string;
  /** Signs the last head; nothing can be added afterwards. @throws when a blob could not be written */
  close(): Promise<void>;
}

/** Blobs that may be on their way to the disk at once. */
const mostOnTheirWay = 256;

/**
 * Opens a journal for a run that nobody's money hangs on. Its key is made for it and forgotten when the run ends, so that
 * nothing can be added later. Entries are on the disk one by one, as everywhere; blobs are written beside the run, since one
 * that a power cut ends is simply run again.
 * @throws LichenError `already-running`, `disk-full`
 */
export async function openRunLog(init: {
  readonly folder: string;
  readonly origin: string;
  /** CAIP-10 id of who decides. */
  readonly agent: string;
  /** Unix milliseconds of the run's own days. */
  readonly clock: () => number;
}): Promise<RunLog> {
  const { folder, origin, agent, clock } = init;
  const log = await openDecisionLog({
    folder,
    origin,
    agent,
    clock,
    secretKey: new Uint8Array(randomBytes(32)),
    checkpointEveryMs: 0,
  });
  const known = new Set<string>();
  const onTheirWay = new Map<string, { readonly bytes: Uint8Array; readonly written: Promise<void> }>();
  let failure: unknown;
  for (let prefix = 0; prefix < 256; prefix += 1) {
    mkdirSync(join(folder, 'blobs', prefix.toString(16).padStart(2, '0')), { recursive: true });
  }

  const keep: DecisionLog['keep'] = (bytes, options) => {
    if (options?.isPrivate === true || onTheirWay.size >= mostOnTheirWay) return log.keep(bytes, options);
    const sha256 = blobHashOf(bytes);
    if (known.has(sha256)) return sha256;
    known.add(sha256);
    const written = writeFile(join(folder, 'blobs', sha256.slice(0, 2), sha256), bytes)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => onTheirWay.delete(sha256));
    onTheirWay.set(sha256, { bytes, written });
    return sha256;
  };
  const get: DecisionLog['blobs']['get'] = (sha256) => onTheirWay.get(sha256)?.bytes ?? log.blobs.get(sha256);
  return {
    decisions: { ...log, keep, blobs: { ...log.blobs, get } },
    origin,
    vkey: vkeyTextOf(log.journal.key),
    close: async () => {
      await Promise.all([...onTheirWay.values()].map(({ written }) => written));
      await log.close();
      if (failure !== undefined) throw failure;
    },
  };
}
