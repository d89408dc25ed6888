import { blobHashOf, type DecisionInput, isLichenError } from '@lichen/protocol';

/** Where the bytes that a decision refers to come from. Undefined: they are not there. */
export type BlobSource = (sha256: string) => Promise<Uint8Array | undefined>;

/** Bytes of one hash: there and right, not there, or other bytes than their name says. */
export type BlobRead =
  | { readonly state: 'found'; readonly bytes: Uint8Array }
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly got: string };

/** Reads bytes and checks them against their name, whoever keeps them. */
export async function readBlob(source: BlobSource, sha256: string): Promise<BlobRead> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await source(sha256);
  } catch (error) {
    // A store that checks for itself says so by this code.
    if (isLichenError(error) && error.code === 'state-damaged') {
      return { state: 'damaged', got: error.got ?? 'other bytes' };
    }
    throw error;
  }
  if (bytes === undefined) return { state: 'missing' };
  const got = blobHashOf(bytes);
  return got === sha256 ? { state: 'found', bytes } : { state: 'damaged', got };
}

export interface InputBlobs {
  /** By SHA-256, all of them as recorded. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly missing: readonly DecisionInput[];
  readonly damaged: readonly (DecisionInput & { readonly got: string })[];
}

/** Reads the bytes of all inputs of a decision. */
export async function readInputBlobs(
  source: BlobSource,
  inputs: readonly DecisionInput[],
): Promise<InputBlobs> {
  const blobs = new Map<string, Uint8Array>();
  const missing: DecisionInput[] = [];
  const damaged: (DecisionInput & { got: string })[] = [];
  for (const input of inputs) {
    if (blobs.has(input.sha256)) continue;
    const read = await readBlob(source, input.sha256);
    if (read.state === 'found') blobs.set(input.sha256, read.bytes);
    else if (read.state === 'missing') missing.push(input);
    else damaged.push({ ...input, got: read.got });
  }
  return { blobs, missing, damaged };
}
