import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskError } from '@lichen/journal';
import { type Hex, keccak256 } from 'viem';

/** Where a fetched body came from; the body itself is kept under its hash. */
export interface Evidence {
  readonly url: string;
  /** Wall time, unix seconds. */
  readonly fetchedAt: number;
  /** keccak256 of the body's bytes. */
  readonly bodyHash: Hex;
}

/** Bodies that a reporter fetched, on disk by content hash. */
export interface EvidenceStore {
  /**
   * Keeps the bytes and returns their keccak256 once they are there.
   * @throws LichenError `disk-full`, or `internal` when the disk fails otherwise
   */
  put(bytes: Uint8Array): Promise<Hex>;
  /** The bytes of a hash, or undefined when they were never kept or are too old. Checks the hash again. */
  get(hash: Hex): Promise<Uint8Array | undefined>;
}

const namePattern = /^0x[0-9a-f]{64}$/;

/**
 * Opens the store in a folder. At most `capacity` bodies are kept; the oldest go first, long after any dispute window.
 */
export async function openEvidenceStore(folder: string, capacity = 20_000): Promise<EvidenceStore> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => namePattern.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  // Insertion order is age: a Set keeps it.
  const kept = new Set(aged.sort((a, b) => a.at - b.at).map((item) => item.name));
  let serial = 0;
  // The same body often comes twice at once: the second waits for the first, or it would be told of what may yet fail.
  const writing = new Map<Hex, Promise<void>>();

  async function write(hash: Hex, bytes: Uint8Array): Promise<void> {
    const beside = join(folder, `.${process.pid}-${serial++}.tmp`);
    try {
      await writeFile(beside, bytes);
      await rename(beside, join(folder, hash));
    } catch (error) {
      // Half a body would take the room that is missing.
      await rm(beside, { force: true });
      throw toDiskError(join(folder, hash), error);
    }
    kept.add(hash);
  }

  return {
    put: async (bytes) => {
      const hash = keccak256(bytes);
      if (kept.has(hash)) return hash;
      const written = writing.get(hash) ?? write(hash, bytes).finally(() => writing.delete(hash));
      writing.set(hash, written);
      await written;
      while (kept.size > capacity) {
        const oldest = kept.values().next().value!;
        kept.delete(oldest);
        await rm(join(folder, oldest), { force: true });
      }
      return hash;
    },
    get: async (hash) => {
      const name = hash.toLowerCase();
      if (!namePattern.test(name) || !kept.has(name)) return undefined;
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      return bytes !== undefined && keccak256(bytes) === name ? bytes : undefined;
    },
  };
}
