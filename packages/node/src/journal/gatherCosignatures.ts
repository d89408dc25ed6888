import type { Journal } from '@lichen/journal';
import {
  consistencyProofOf,
  formatNote,
  openCheckpoint,
  parseNote,
  readSubtrees,
  toBase64,
  type VerifierKey,
  verifyCosignatures,
  witnessQuorumOf,
} from '@lichen/protocol';

/** A witness that heads are shown to. */
export interface WitnessPeer {
  /** Submission prefix. */
  readonly url: string;
  readonly keys: readonly VerifierKey[];
}

export interface CosignatureGatherer {
  /** Shows the last head to every witness that has not signed it; resolves with how many signed it by now. */
  gather(): Promise<number>;
}

const longestAnswer = 20_000;

async function ask(url: string, body: string, timeoutMs: number): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, text: text.length > longestAnswer ? '' : text };
}

/**
 * Gathers witnesses' signatures under a journal's heads. What a witness answers is verified before it is kept; one that is
 * away or refuses costs nothing but its signature.
 */
export function createCosignatureGatherer(
  journal: Journal,
  own: VerifierKey,
  witnesses: readonly WitnessPeer[],
  options: {
    readonly timeoutMs?: number;
    readonly log?: (line: string) => void;
    /** Operators of the network. When absent the writer is one besides the witnesses, and does not witness itself. */
    readonly operators?: number;
  } = {},
): CosignatureGatherer {
  const { timeoutMs = 2_000, log = () => undefined, operators = witnesses.length + 1 } = options;
  /** More than two thirds of the operators. */
  const needed = Math.min(witnesses.length, witnessQuorumOf(operators));
  /** Size that each witness signed last, as far as is known. */
  const seen = new Map<WitnessPeer, number>();
  /** Witnesses that signed the head of this size. */
  let signedAt = { size: -1, by: new Set<WitnessPeer>() };

  async function show(
    witness: WitnessPeer,
    head: { readonly size: number; readonly text: string },
  ): Promise<void> {
    // Twice: the first answer may be that the witness is at another size.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const oldSize = seen.get(witness) ?? 0;
      if (oldSize > head.size) return;
      const proof = consistencyProofOf(readSubtrees(journal.tile, head.size), oldSize, head.size);
      const body = `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${head.text}`;
      const { status, text } = await ask(witness.url, body, timeoutMs);
      if (status === 409 && /^\d{1,16}\n$/.test(text)) {
        seen.set(witness, Number(text));
        continue;
      }
      if (status !== 200) {
        log(`witness ${witness.url} refused head ${head.size}: ${status} ${text.slice(0, 120).trim()}`);
        return;
      }
      const checkpoint = openCheckpoint(head.text + text, own);
      const { valid, broken } = verifyCosignatures(checkpoint.note, checkpoint, witness.keys);
      if (valid.length === 0 || broken.length > 0) {
        log(`witness ${witness.url} answered with a signature that does not verify`);
        return;
      }
      journal.addCosignatures(head.size, text);
      seen.set(witness, head.size);
      signedAt.by.add(witness);
      return;
    }
  }

  return {
    gather: async () => {
      const head = journal.head();
      if (head === undefined) return 0;
      if (head.size !== signedAt.size) signedAt = { size: head.size, by: new Set() };
      // The head as the journal signed it, without what others have added since: each witness sees the same text.
      const note = parseNote(head.text);
      const text = formatNote({
        text: note.text,
        signatures: note.signatures.filter(({ name }) => name === own.name),
      });
      const waiting = witnesses.filter((witness) => !signedAt.by.has(witness));
      await Promise.all(
        waiting.map((witness) =>
          show(witness, { size: head.size, text }).catch((error: unknown) =>
            log(
              `witness ${witness.url}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
            ),
          ),
        ),
      );
      // A head is new for a moment only: receipts prefer one that a reader's policy accepts.
      if (signedAt.by.size >= needed) journal.settleHead(head.size);
      return signedAt.by.size;
    },
  };
}
