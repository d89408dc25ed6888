import { anchorAbi } from '@lichen/contracts';
import {
  networkPolicyOf,
  openCheckpoint,
  parseTrustPolicy,
  parseVkey,
  type TrustPolicy,
  verifyCosignatures,
} from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fetchJournalFile } from './fetchJournalFile.ts';

/** A head of a journal that its writer put on the chain. */
export interface JournalAnchor {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Hex;
  readonly block: bigint;
  readonly transaction: Hex;
}

/** A journal as it stands at this moment. */
export interface JournalStanding {
  readonly origin: string;
  readonly writer: Address;
  /** The signed head; undefined while there is none or the writer does not answer. */
  readonly head: { readonly size: number; readonly root: Uint8Array; readonly text: string } | undefined;
  /** Operators whose signature under the head verifies, by their witness's name. */
  readonly witnessedBy: readonly string[];
  /** Unix seconds of the last of these signatures. */
  readonly witnessedAt: number | undefined;
  /** The last head on the chain. */
  readonly anchored: JournalAnchor | undefined;
}

/** Whom a reader of this network trusts, by its configuration. Get it once and keep it. */
export function trustPolicyOf(client: LichenClient): { readonly text: string; readonly policy: TrustPolicy } {
  const text = networkPolicyOf(
    client.config.journals.map(({ vkey, witness }) => ({
      journal: parseVkey(vkey),
      witness: witness.map(parseVkey),
    })),
  );
  return { text, policy: parseTrustPolicy(text) };
}

/** Heads that a writer anchored, oldest first. @throws LichenError `chain-unreachable` */
export async function listAnchors(client: LichenClient, writer: Address): Promise<readonly JournalAnchor[]> {
  const { anchor } = client.addresses;
  if (anchor === undefined) return [];
  const events = await client.chain.getContractEvents({
    address: anchor,
    abi: anchorAbi,
    eventName: 'Anchored',
    args: { writer },
    fromBlock: 0n,
    strict: true,
  });
  return events.map(({ args, blockNumber, transactionHash }) => ({
    size: Number(args.size),
    root: args.root,
    block: blockNumber,
    transaction: transactionHash,
  }));
}

/**
 * The network's journals with their heads, verified: signature, witnesses, anchors. A journal whose writer does not answer
 * has no head here.
 * @throws LichenError `bad-input` for a head that its writer did not sign, `chain-unreachable`
 */
export async function listJournals(client: LichenClient): Promise<readonly JournalStanding[]> {
  const witnesses = client.config.journals.flatMap(({ witness }) => witness.map(parseVkey));
  return Promise.all(
    client.config.journals.map(async (journal): Promise<JournalStanding> => {
      const [bytes, anchors] = await Promise.all([
        fetchJournalFile(client, journal, 'checkpoint').catch(() => undefined),
        listAnchors(client, journal.writer),
      ]);
      const text = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
      const head = text === undefined ? undefined : openCheckpoint(text, parseVkey(journal.vkey));
      const valid = head === undefined ? [] : verifyCosignatures(head.note, head, witnesses).valid;
      return {
        origin: journal.origin,
        writer: journal.writer,
        head: head === undefined ? undefined : { size: head.size, root: head.root, text: text! },
        witnessedBy: [...new Set(valid.map(({ key }) => key.name))],
        witnessedAt: valid.length === 0 ? undefined : Math.max(...valid.map(({ time }) => time)),
        anchored: anchors.at(-1),
      };
    }),
  );
}
