import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { type Checkpoint, checkpointTextOf } from './checkpoint.ts';
import {
  type NoteSignature,
  type SignedNote,
  signatureTypes,
  type VerifierKey,
  verifierKeyOf,
  verifyBytes,
} from './signedNote.ts';

/** A witness's word that it saw a checkpoint, and all before it as its prefix. */
export interface Cosignature {
  readonly key: VerifierKey;
  /** Unix seconds at which it was given. */
  readonly time: number;
}

/** Secret of a witness: 32 bytes of seed for either kind. */
export interface WitnessSecret {
  readonly name: string;
  readonly type: typeof signatureTypes.cosignatureEd25519 | typeof signatureTypes.cosignatureMlDsa44;
  readonly seed: Uint8Array;
}

const utf8 = new TextEncoder();

/** Keys of ML-DSA-44 take milliseconds to make out of their seed. */
const mlDsaKeys = new WeakMap<WitnessSecret, ReturnType<typeof ml_dsa44.keygen>>();
function mlDsaKeysOf(secret: WitnessSecret) {
  const known = mlDsaKeys.get(secret) ?? ml_dsa44.keygen(secret.seed);
  mlDsaKeys.set(secret, known);
  return known;
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** What a cosigner signs, by the type of its key. https://c2sp.org/tlog-cosignature */
export function cosignedMessageOf(
  key: Pick<VerifierKey, 'name' | 'type'>,
  time: number,
  checkpoint: Checkpoint,
  text = checkpointTextOf(checkpoint),
): Uint8Array {
  if (key.type !== signatureTypes.cosignatureMlDsa44) {
    return utf8.encode(`cosignature/v1\ntime ${time}\n${text}`);
  }
  const [name, origin] = [utf8.encode(key.name), utf8.encode(checkpoint.origin)];
  return concatBytes(
    utf8.encode('subtree/v1\n\0'),
    Uint8Array.of(name.length),
    name,
    u64(time),
    Uint8Array.of(origin.length),
    origin,
    u64(0),
    u64(checkpoint.size),
    checkpoint.root,
  );
}

/** The public side of a witness. */
export function witnessKeyOf(secret: WitnessSecret): VerifierKey {
  const { name, type, seed } = secret;
  const publicKey =
    type === signatureTypes.cosignatureMlDsa44 ? mlDsaKeysOf(secret).publicKey : ed25519.getPublicKey(seed);
  return verifierKeyOf(name, type, publicKey);
}

/** A witness's signature under a checkpoint, given at `time` (unix seconds, not 0). `text` includes extension lines. */
export function cosign(
  secret: WitnessSecret,
  checkpoint: Checkpoint,
  time: number,
  text = checkpointTextOf(checkpoint),
): NoteSignature {
  const key = witnessKeyOf(secret);
  const message = cosignedMessageOf(key, time, checkpoint, text);
  const signature =
    secret.type === signatureTypes.cosignatureMlDsa44
      ? // Without extra randomness: the seed alone decides, so that a test can repeat it.
        ml_dsa44.sign(message, mlDsaKeysOf(secret).secretKey, { extraEntropy: false })
      : ed25519.sign(message, secret.seed);
  return { name: key.name, id: key.id, signature: concatBytes(u64(time), signature) };
}

/**
 * The cosignatures under a checkpoint that verify, of the keys given. A signature that claims one of the keys and does not
 * verify is reported in `broken`; those of unknown keys are passed over.
 */
export function verifyCosignatures(
  note: SignedNote,
  checkpoint: Checkpoint,
  keys: readonly VerifierKey[],
): { readonly valid: readonly Cosignature[]; readonly broken: readonly NoteSignature[] } {
  const valid: Cosignature[] = [];
  const broken: NoteSignature[] = [];
  for (const item of note.signatures) {
    const key = keys.find(({ name, id }) => name === item.name && id === item.id);
    if (key === undefined || key.type === signatureTypes.ed25519) continue;
    const time =
      item.signature.length > 8
        ? Number(new DataView(item.signature.buffer, item.signature.byteOffset).getBigUint64(0))
        : 0;
    const message =
      Number.isSafeInteger(time) && time > 0 && cosignedMessageOf(key, time, checkpoint, note.text);
    if (message !== false && verifyBytes(key, item.signature.subarray(8), message)) valid.push({ key, time });
    else broken.push(item);
  }
  return { valid, broken };
}
