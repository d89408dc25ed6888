import { createPrivateKey, sign } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Checkpoint,
  checkpointTextOf,
  formatInclusionProof,
  formatNote,
  inclusionProofOf,
  journalKeyOf,
  LichenError,
  longestEntry,
  newTilesOf,
  openCheckpoint,
  readSubtrees,
  sameHash,
  type TileId,
  tileOf,
  tilePathOf,
  tileWidth,
  treeRootOf,
  type VerifierKey,
} from '@lichen/protocol';
import { platformSha256 as sha256 } from '../platformSha256.ts';
import { type AppendLog, type AppendLogOptions, openAppendLog } from '../storage/appendLog.ts';
import { lockFolder } from '../storage/lockFolder.ts';
import { syncFolder, writeFileDurably, writeFileLater } from '../storage/writeFileDurably.ts';
import { checkpointFile, createTileFiles, publicFolder, readTileFile } from './journalFolder.ts';
import { createRecentEntries, type RecentEntries } from './recentEntries.ts';
import { createTreeEdge, type FullTile } from './treeEdge.ts';

export interface JournalInit {
  /** Folder of its own: `log/` is what others read, `tail/` what is not in finished files yet. */
  readonly folder: string;
  /** Name of the journal, and of its key. */
  readonly origin: string;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  /** Milliseconds after an append in which a signed head covers it; 1,000 when absent. 0: only when asked. */
  readonly checkpointEveryMs?: number;
  /** Entries in one file of the tail, a multiple of 256; 16,384 when absent. */
  readonly segmentEntries?: number;
  /** Replaces the system's write, so that a full disk can be had on purpose. */
  readonly writeOptions?: AppendLogOptions;
  /** Told when a head could not be written in the background; the next append throws the same. */
  readonly onError?: (error: unknown) => void;
}

/** Where an entry is, once it is on the disk. */
export interface Appended {
  readonly index: number;
  /** RFC 6962 leaf hash, 32 bytes. */
  readonly leafHash: Uint8Array;
}

/** An append-only log of entries under a signed head. */
export interface Journal {
  readonly origin: string;
  /** Key that verifies its heads. */
  readonly key: VerifierKey;
  /** Entries on the disk. */
  size(): number;
  /**
   * Resolves when the entry is on the disk (fsync); until then its bytes are not to be changed. Entries are ordered as the
   * calls were.
   * @throws LichenError `bad-input` for more than 65,535 bytes, `disk-full`
   */
  append(entry: Uint8Array): Promise<Appended>;
  /**
   * Entries that build on each other: as `append` for each, with one wait for the disk where they fit, and when one is
   * refused, all behind it are refused, too.
   * @throws LichenError `bad-input` for one of more than 65,535 bytes: then none is taken
   */
  appendInOrder(entries: readonly Uint8Array[]): readonly Promise<Appended>[];
  /** Signs a head over everything acknowledged so far and returns it; the last one where nothing is new. */
  checkpoint(): Promise<string>;
  /** The last signed head, or undefined before the first. */
  head(): (Checkpoint & { readonly text: string }) | undefined;
  /** Adds signature lines of witnesses under the last head, if it is still of that size. */
  addCosignatures(size: number, lines: string): void;
  /** Enough witnesses signed the head of this size, if it is still the last: receipts are made against it until a later one is as good. */
  settleHead(size: number): void;
  /**
   * Receipt of an entry against the last settled head, else the last one, or a new one where neither covers it. `tlog-proof@v1`; with the entry in
   * its `extra` line where asked, so that one file is enough.
   */
  receipt(index: number, options?: { readonly withEntry?: boolean }): Promise<string>;
  /** Bytes of an entry. @throws LichenError `not-found` */
  entry(index: number): Uint8Array;
  /** RFC 6962 leaf hash of an entry. @throws LichenError `not-found` */
  leafHashAt(index: number): Uint8Array;
  /** Root over the first `size` entries, 32 bytes. @throws LichenError `not-found` */
  rootAt(size: number): Uint8Array;
  /** Bytes of a tile as the last head needs it. */
  tile(id: TileId): Uint8Array;
  close(): Promise<void>;
}

/** In front of an entry, so that what is kept is what is hashed. RFC 6962, section 2.1. */
const leafPrefix = Uint8Array.of(0);
/** Entries on the disk with one wait. */
const batchEntries = 512;
const batchBytes = 8_000_000;
/** Finished tiles and bundles that may wait to be written before appends wait, too: 67 MB of decisions of 2 KB. */
const mostWaiting = 256;
/** Written side by side: each takes several turns of a busy loop, and one at a time they fall behind 30,000 appends a second. */
const tilesAtOnce = 4;

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. RFC 8410, section 7. */
const pkcs8Ed25519 = '302e020100300506032b657004220420';

/** The tiles at the right edge of a tree that are not full, and the bundle. */
function unfinishedTilesOf(size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0; tileWidth ** level <= size; level += 1) {
    const nodes = Math.floor(size / tileWidth ** level);
    if (nodes % tileWidth === 0) continue;
    const id = tileOf(level, nodes - 1, size);
    if (level === 0) tiles.push({ ...id, level: 'entries' });
    tiles.push(id);
  }
  return tiles;
}

function damaged(got: string, expected: string): LichenError {
  return new LichenError('state-damaged', 'The journal and its signed head do not agree.', {
    got,
    expected,
    next: 'Restore the folder from a backup: what was signed must stay. Nothing was changed.',
    retry: 'after-fix',
  });
}

function segmentName(first: number): string {
  return `${String(first).padStart(16, '0')}.log`;
}

/**
 * Opens a journal, or starts one. An entry that was never acknowledged and is torn is cut off; everything acknowledged is
 * there. One process writes at a time, and a head that somebody else wrote is never overwritten.
 *
 * @throws LichenError `already-running` when another process writes it, `state-damaged` when files and signed head do not
 * agree (nothing is changed then), `disk-full`
 */
export async function openJournal(init: JournalInit): Promise<Journal> {
  const { folder, origin } = init;
  const segmentEntries = init.segmentEntries ?? 16_384;
  const checkpointEveryMs = init.checkpointEveryMs ?? 1_000;
  const key = journalKeyOf(origin, init.secretKey);
  const [logFolder, tailFolder] = [join(folder, publicFolder), join(folder, 'tail')];
  const isNew = !existsSync(tailFolder);
  mkdirSync(logFolder, { recursive: true });
  mkdirSync(tailFolder, { recursive: true });
  if (isNew) for (const above of [folder, dirname(folder)]) syncFolder(above);
  const lock = await lockFolder(folder);
  const files = createTileFiles(logFolder, sha256);
  // The platform's Ed25519 gives the same bytes as the portable one in a tenth of the time, and appends wait for it.
  const signer = createPrivateKey({
    key: Buffer.concat([Buffer.from(pkcs8Ed25519, 'hex'), init.secretKey]),
    format: 'der',
    type: 'pkcs8',
  });
  const signHeadText = (next: Checkpoint) => {
    const text = checkpointTextOf(next);
    const signature = sign(null, Buffer.from(text), signer);
    return formatNote({ text, signatures: [{ name: key.name, id: key.id, signature }] });
  };

  const headPath = join(logFolder, checkpointFile);
  const readHead = () => (existsSync(headPath) ? readFileSync(headPath, 'utf8') : undefined);
  let headText: string | undefined;
  let head: Checkpoint | undefined;
  const segments: { readonly first: number; readonly log: AppendLog }[] = [];
  /** Entries from the first segment on; older ones are read from their bundles. */
  let recent: RecentEntries;
  let edge: ReturnType<typeof createTreeEdge>;
  let size = 0;

  /** Tiles that are complete and not on their way to the disk's cache yet, by path. */
  const waiting = new Map<string, Uint8Array>();
  function keepTile(tile: FullTile): void {
    waiting.set(tilePathOf({ ...tile, width: tileWidth }), tile.bytes);
    if (tile.level !== 0) return;
    const path = tilePathOf({ level: 'entries', index: tile.index, width: tileWidth });
    waiting.set(path, recent.bundle(tile.index, tileWidth));
  }

  function addEntry(record: Uint8Array): Appended {
    const leafHash = sha256(record);
    recent.add(record.subarray(1));
    for (const tile of edge.add(leafHash)) keepTile(tile);
    size += 1;
    return { index: size - 1, leafHash };
  }

  /** Bytes of a tile of the tree as it is now, in memory or on the disk. */
  function tileBytes(id: TileId): Uint8Array {
    if (id.level === 'entries') {
      if (id.index * tileWidth < recent.from()) return readTileFile(logFolder, id);
      return recent.bundle(id.index, id.width).slice();
    }
    const nodes = Math.floor(size / tileWidth ** id.level);
    if ((id.index + 1) * tileWidth > nodes) return edge.unfinished(id.level).subarray(0, id.width * 32);
    const path = tilePathOf({ ...id, width: tileWidth });
    return (waiting.get(path) ?? files.fullTile(id.level, id.index)).subarray(0, id.width * 32);
  }
  const rootOf = (leaves: number) => treeRootOf(readSubtrees(tileBytes, leaves, sha256), leaves, sha256);

  const openTail = (first: number) =>
    openAppendLog(join(tailFolder, segmentName(first)), { ...init.writeOptions, keepsAppended: false });

  function recover(): void {
    headText = readHead();
    head = headText === undefined ? undefined : openCheckpoint(headText, key);
    const firsts = readdirSync(tailFolder)
      .filter((name) => /^\d{16}\.log$/.test(name))
      .map((name) => Number(name.slice(0, 16)))
      .sort((a, b) => a - b);
    size = firsts[0] ?? 0;
    recent = createRecentEntries(size);
    if (firsts.length === 0 && (head?.size ?? 0) > 0) throw damaged('no tail', `${head?.size} entries`);
    edge = createTreeEdge(size, files.fullTile, sha256);
    for (const first of firsts) {
      if (first !== size) throw damaged(`a tail that goes on at entry ${first}`, `entry ${size}`);
      const log = openTail(first);
      segments.push({ first, log });
      for (const record of log.records()) addEntry(record);
    }
    if (segments.length === 0) openSegment();
    if (head === undefined) return;
    if (head.size > size) throw damaged(`${size} entries`, `the ${head.size} that were signed`);
    if (!sameHash(rootOf(head.size), head.root)) {
      throw damaged(`another root over ${head.size} entries`, 'the root that was signed');
    }
    mendFiles(head.size);
  }

  /** Public files are not waited for: what a power cut took of them is made again from the tail. */
  function mendFiles(signed: number): void {
    for (const id of unfinishedTilesOf(signed)) waiting.set(tilePathOf(id), tileBytes(id));
    for (const [path, bytes] of waiting) {
      const file = join(logFolder, path);
      if (existsSync(file) && Buffer.compare(readFileSync(file), bytes) === 0) waiting.delete(path);
    }
  }

  function openSegment(): void {
    segments.push({
      first: size,
      log: openTail(size),
    });
  }

  try {
    recover();
  } catch (error) {
    for (const { log } of segments) log.close();
    await lock.release();
    throw error;
  }

  /** The last head that enough witnesses signed, with their signatures. */
  let settled: { readonly size: number; readonly text: string } | undefined;
  /** A failure that makes further appends dishonest. */
  let broken: unknown;
  interface Queued {
    readonly entry: Uint8Array;
    /** Shared by entries that build on each other. */
    readonly group: { failure?: unknown };
    readonly resolve: (at: Appended) => void;
    readonly reject: (error: unknown) => void;
  }
  const queue: Queued[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let isFlushing = false;

  function refuse(items: readonly Queued[], error: unknown): void {
    for (const { group, reject } of items) {
      group.failure ??= error;
      reject(error);
    }
  }

  function takeBatch(): Queued[] {
    const room = segmentEntries - (size - segments.at(-1)!.first);
    const batch: Queued[] = [];
    let taken = 0;
    for (
      let bytes = 0;
      batch.length < batchEntries && batch.length < room && bytes < batchBytes;
      taken += 1
    ) {
      const item = queue[taken];
      if (item === undefined) break;
      if (item.group.failure !== undefined) {
        item.reject(item.group.failure);
        continue;
      }
      batch.push(item);
      bytes += item.entry.length;
    }
    queue.splice(0, taken);
    return batch;
  }

  async function flush(): Promise<void> {
    // Everything that is appended in one turn of the loop shares one wait for the disk.
    await undefined;
    while (queue.length > 0) {
      try {
        if (waiting.size > mostWaiting) await writeTiles();
        if (size - segments.at(-1)!.first >= segmentEntries) {
          openSegment();
          retiring = retiring.then(retire).catch(report);
        }
      } catch (error) {
        refuse(queue.splice(0), error);
        continue;
      }
      const batch = takeBatch();
      if (batch.length === 0) continue;
      let records: readonly Uint8Array[];
      try {
        records = segments.at(-1)!.log.appendAll(
          batch.map(({ entry }) => entry),
          leafPrefix,
        );
      } catch (error) {
        refuse(batch, error);
        continue;
      }
      for (const [at, { resolve }] of batch.entries()) resolve(addEntry(records[at]!));
      planCheckpoint();
      if (waiting.size > 0) drainTiles();
      await new Promise(setImmediate);
    }
    // In the same moment as the look at the queue: whoever comes after starts again.
    isFlushing = false;
  }

  let writingTiles: Promise<void> = Promise.resolve();
  function writeTiles(): Promise<void> {
    writingTiles = writingTiles
      .catch(() => undefined)
      .then(async () => {
        const tiles = [...waiting];
        for (let first = 0; first < tiles.length; first += tilesAtOnce) {
          const portion = tiles.slice(first, first + tilesAtOnce);
          const written = await Promise.allSettled(portion.map(([path, bytes]) => files.write(path, bytes)));
          for (const [at, { status }] of written.entries()) {
            if (status === 'fulfilled') waiting.delete(portion[at]![0]);
          }
          const failed = written.find((result) => result.status === 'rejected');
          if (failed !== undefined) throw failed.reason;
        }
      });
    return writingTiles;
  }

  /** Writes finished tiles beside the appends: none of them waits for a tile. */
  let isDraining = false;
  function drainTiles(): void {
    if (isDraining) return;
    isDraining = true;
    writeTiles()
      .catch(report)
      .finally(() => {
        isDraining = false;
      });
  }

  /** Drops tail files whose entries are in finished bundles that are surely on the disk. */
  let retiring: Promise<void> = Promise.resolve();
  async function retire(): Promise<void> {
    while (segments.length > 1 && (head?.size ?? 0) >= segments[1]!.first) {
      const [oldest, next] = segments as [(typeof segments)[number], (typeof segments)[number]];
      await writeTiles();
      const full = newTilesOf(oldest.first, next.first).filter(({ width }) => width === tileWidth);
      await files.sync(full.map(tilePathOf));
      segments.shift();
      oldest.log.close();
      await rm(join(tailFolder, segmentName(oldest.first)));
      recent.dropBefore(next.first);
    }
  }

  async function signHead(): Promise<string> {
    if (head !== undefined && head.size === size && headText !== undefined) return headText;
    // All of it as it is now: appends go on meanwhile.
    const [signed, covered] = [head?.size ?? 0, size];
    const next: Checkpoint = { origin, size: covered, root: rootOf(covered) };
    const partial = unfinishedTilesOf(covered).map((id) => [tilePathOf(id), tileBytes(id)] as const);
    await writeTiles();
    for (const [path, bytes] of partial) await files.write(path, bytes);
    const text = signHeadText(next);
    await writeFileLater(headPath, text, {
      mayReplace: requireOwnHead,
      onReplaced: () => {
        headText = text;
        head = next;
      },
    });
    // Readers of older heads find the full tile in place of its partial ones.
    for (const id of unfinishedTilesOf(signed)) {
      const nodes = Math.floor(covered / tileWidth ** (id.level === 'entries' ? 0 : id.level));
      if ((id.index + 1) * tileWidth <= nodes) await files.dropPartial(id);
    }
    retiring = retiring.then(retire).catch(report);
    return text;
  }

  /** Compare and swap: a head that is not the one that was written last is somebody else's, and stays. */
  function requireOwnHead(): void {
    if (readHead() === headText) return;
    broken = damaged('a head that this process did not write', 'the head that it wrote last');
    throw broken;
  }

  let signing: Promise<string> | undefined;
  async function checkpoint(): Promise<string> {
    if (broken !== undefined) throw broken;
    while (signing !== undefined) await signing.catch(() => undefined);
    signing = signHead().finally(() => {
      signing = undefined;
    });
    return signing;
  }

  let timer: NodeJS.Timeout | undefined;
  function planCheckpoint(): void {
    if (checkpointEveryMs === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      checkpoint().catch(report);
    }, checkpointEveryMs);
  }
  function report(error: unknown): void {
    init.onError?.(error);
  }

  function requireEntry(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < size) return;
    throw new LichenError('not-found', 'That entry is not in the journal.', {
      got: `index ${index}`,
      expected: `below ${size}`,
      retry: 'later',
    });
  }

  function entryAt(index: number): Uint8Array {
    requireEntry(index);
    return index >= recent.from() ? recent.entry(index) : files.entry(index);
  }

  function requireShort(entry: Uint8Array): void {
    if (entry.length <= longestEntry) return;
    throw new LichenError('bad-input', 'An entry is too long for a journal.', {
      got: `${entry.length} bytes`,
      expected: `at most ${longestEntry}; keep large parts beside it, by their hash`,
      retry: 'after-fix',
    });
  }

  function appendInOrder(entries: readonly Uint8Array[]): readonly Promise<Appended>[] {
    if (broken !== undefined) throw broken;
    entries.forEach(requireShort);
    const group = {};
    return entries.map((entry) => {
      return new Promise((resolve, reject) => {
        queue.push({ entry, group, resolve, reject });
        if (isFlushing) return;
        isFlushing = true;
        flushing = flush().catch((error: unknown) => {
          broken = error;
          isFlushing = false;
          refuse(queue.splice(0), error);
        });
      });
    });
  }

  drainTiles();

  return {
    origin,
    key,
    size: () => size,
    append: async (entry) => appendInOrder([entry])[0]!,
    appendInOrder,
    checkpoint,
    head: () => (head === undefined ? undefined : { ...head, text: headText! }),
    addCosignatures: (cosignedSize, lines) => {
      if (head?.size !== cosignedSize || headText === undefined || headText.includes(lines)) return;
      requireOwnHead();
      writeFileDurably(headPath, `${headText}${lines}`);
      headText = `${headText}${lines}`;
    },
    settleHead: (settledSize) => {
      if (head?.size === settledSize && headText !== undefined) settled = { size: head.size, text: headText };
    },
    receipt: async (index, { withEntry = false } = {}) => {
      requireEntry(index);
      if (index >= (head?.size ?? 0)) await checkpoint();
      const last = { size: head!.size, text: headText! };
      const at = settled !== undefined && index < settled.size ? settled : last;
      const hashes = inclusionProofOf(readSubtrees(tileBytes, at.size, sha256), index, at.size, sha256);
      const extra = withEntry ? { extra: entryAt(index) } : {};
      return formatInclusionProof({ index, hashes, checkpoint: at.text, ...extra });
    },
    entry: entryAt,
    leafHashAt: (index) => {
      requireEntry(index);
      return readSubtrees(tileBytes, size, sha256)(0, index);
    },
    rootAt: (leaves) => {
      if (leaves !== 0) requireEntry(leaves - 1);
      return rootOf(leaves);
    },
    tile: tileBytes,
    close: async () => {
      clearTimeout(timer);
      try {
        await flushing;
        if (broken === undefined) await checkpoint();
      } finally {
        await writingTiles.catch(() => undefined);
        await retiring;
        for (const { log } of segments) log.close();
        await lock.release();
      }
    },
  };
}
