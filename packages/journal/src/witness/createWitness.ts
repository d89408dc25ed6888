import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Checkpoint,
  cosign,
  formatNote,
  fromBase64,
  isLichenError,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  sameHash,
  signatureLineOf,
  type VerifierKey,
  verifyConsistency,
  type WitnessSecret,
  witnessKeyOf,
} from '@lichen/protocol';
import { lockFolder } from '../storage/lockFolder.ts';
import { writeFileDurably } from '../storage/writeFileDurably.ts';

export interface WitnessInit {
  /** Folder of its own: the last head of each journal that it signed. */
  readonly folder: string;
  /** Keys that sign: one of each kind as a rule. */
  readonly secrets: readonly WitnessSecret[];
  /** Keys of the journals that it watches, by their origin. Journals may be added while it runs. */
  readonly logOf: (origin: string) => VerifierKey | undefined;
  /** Unix seconds. */
  readonly clock?: () => number;
}

/** An answer as HTTP sends it. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
}

/** Signs heads that continue the ones it signed before, and nothing else. https://c2sp.org/tlog-witness */
export interface Witness {
  readonly keys: readonly VerifierKey[];
  /** Answers `POST add-checkpoint`. @throws LichenError `disk-full`: then nothing was signed */
  addCheckpoint(body: string): WitnessAnswer;
  /** Answers `GET <SHA-256 of the origin, hex>/checkpoint`. */
  latest(originHash: string): WitnessAnswer;
  close(): Promise<void>;
}

const plain = 'text/plain; charset=utf-8';
const mostProofLines = 63;

function answer(status: WitnessAnswer['status'], body: string, contentType = plain): WitnessAnswer {
  return { status, body: body.endsWith('\n') ? body : `${body}\n`, contentType };
}

interface Request {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
}

function readRequest(body: string): Request | undefined {
  const end = body.indexOf('\n\n');
  const lines = body.slice(0, Math.max(end, 0)).split('\n');
  const old = /^old (0|[1-9]\d{0,15})$/.exec(lines[0] ?? '');
  if (end < 0 || old === null || lines.length - 1 > mostProofLines) return undefined;
  try {
    const proof = lines.slice(1).map(fromBase64);
    if (proof.some(({ length }) => length !== 32)) return undefined;
    return { oldSize: Number(old[1]), proof, note: body.slice(end + 2) };
  } catch {
    return undefined;
  }
}

/** @throws LichenError `already-running`, `state-damaged` */
export async function createWitness(init: WitnessInit): Promise<Witness> {
  const clock = init.clock ?? (() => Date.now() / 1_000);
  mkdirSync(init.folder, { recursive: true });
  const lock = await lockFolder(init.folder);
  const pathOf = (originHash: string) => join(init.folder, `${originHash}.checkpoint`);
  const hashOf = (origin: string) => createHash('sha256').update(origin).digest('hex');

  function signedBefore(origin: string): Checkpoint | undefined {
    const path = pathOf(hashOf(origin));
    return existsSync(path) ? parseCheckpointText(parseNote(readFileSync(path, 'utf8')).text) : undefined;
  }

  function addCheckpoint(body: string): WitnessAnswer {
    const request = readRequest(body);
    if (request === undefined)
      return answer(400, 'old size, proof lines, an empty line and a checkpoint are needed');
    const origin = request.note.slice(0, request.note.indexOf('\n'));
    const key = init.logOf(origin);
    if (key === undefined) return answer(404, 'that journal is not known here');
    let checkpoint: ReturnType<typeof openCheckpoint>;
    try {
      checkpoint = openCheckpoint(request.note, key);
    } catch (error) {
      const isUnsigned = isLichenError(error) && error.message.includes('not signed');
      return answer(isUnsigned ? 403 : 400, isUnsigned ? 'not signed by that journal' : 'no checkpoint');
    }
    if (request.oldSize > checkpoint.size) return answer(400, 'the old size is larger than the checkpoint');
    const last = signedBefore(origin);
    const lastSize = last?.size ?? 0;
    if (request.oldSize !== lastSize) return answer(409, String(lastSize), 'text/x.tlog.size');
    const oldRoot = last?.root ?? new Uint8Array(createHash('sha256').digest());
    const { size, root } = checkpoint;
    if (
      !verifyConsistency(lastSize, size, request.proof, oldRoot, root) ||
      (size === 0 && !sameHash(root, oldRoot))
    ) {
      return answer(422, 'the proof does not show that the old head is a part of the new one');
    }
    const time = Math.floor(clock());
    const signatures = init.secrets.map((secret) => cosign(secret, checkpoint, time, checkpoint.note.text));
    const own = checkpoint.note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
    // On the disk first: a witness that forgets what it signed can be led to sign another past. Nothing between the
    // reading of the old head and this line waits, so two requests cannot both continue the same one.
    writeFileDurably(
      pathOf(hashOf(origin)),
      formatNote({ text: checkpoint.note.text, signatures: [...own, ...signatures] }),
    );
    return answer(200, signatures.map(signatureLineOf).join(''));
  }

  return {
    keys: init.secrets.map(witnessKeyOf),
    addCheckpoint,
    latest: (originHash) =>
      /^[0-9a-f]{64}$/.test(originHash) && existsSync(pathOf(originHash))
        ? answer(200, readFileSync(pathOf(originHash), 'utf8'))
        : answer(404, 'no head of that journal was signed here'),
    close: () => lock.release(),
  };
}
