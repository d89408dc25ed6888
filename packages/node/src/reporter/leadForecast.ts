import {
  type ForecastNotice,
  forecastNoticeDigest,
  LichenError,
  type OracleVerifier,
  packSignatures,
  type QuorumSignatures,
  quorumOf,
  type Verifier,
} from '@lichen/protocol';
import { type Hex, isAddressEqual, recoverAddress } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import { hex65 } from './observation.ts';
import { openMessage, type Peer, type PeerMessage, readPayload, signMessage } from './peerMessage.ts';

export interface ForecastLeaderComponents {
  readonly index: number;
  readonly peers: readonly Peer[];
  readonly verifier: OracleVerifier;
  readonly account: PrivateKeyAccount;
  readonly cover: Verifier;
  readonly call: (peer: Peer, path: string, message: PeerMessage, timeoutMs: number) => Promise<unknown>;
  readonly sign: (notice: ForecastNotice) => Promise<Hex>;
}

const signatureSchema = z.object({ signature: hex65 }).strict();

/**
 * Collects a quorum's signatures of a forecast notice.
 * @throws LichenError `no-quorum` when too few saw the same weather
 */
export async function leadForecast(
  components: ForecastLeaderComponents,
  round: number,
  notice: ForecastNotice,
): Promise<QuorumSignatures> {
  const { index, peers, verifier, account, cover } = components;
  const digest = forecastNoticeDigest(cover, notice);
  const message = await signMessage(verifier, account, {
    kind: 'forecast-request',
    round,
    from: index,
    payload: JSON.stringify({ cell: notice.cell, movedAt: notice.movedAt }),
  });
  const signatures = new Map<number, Hex>();
  await Promise.allSettled(
    peers.map(async (peer) => {
      if (peer.index === index) {
        signatures.set(index, await components.sign(notice));
        return;
      }
      const raw = await components.call(peer, '/v1/round/forecast', message, 2_000);
      const answer = await openMessage(verifier, peers, raw, {
        kind: 'forecast-signature',
        round,
        from: peer.index,
      });
      const { signature } = readPayload(answer, signatureSchema);
      const signer = await recoverAddress({ hash: digest, signature });
      if (isAddressEqual(signer, peer.address)) signatures.set(peer.index, signature);
    }),
  );
  if (signatures.size < quorumOf(peers.length)) {
    throw new LichenError('no-quorum', 'Too few reporters saw the forecast move.', {
      got: `${signatures.size}`,
      expected: `${quorumOf(peers.length)}`,
      retry: 'later',
    });
  }
  return packSignatures(signatures);
}
