import { LichenError } from '@lichen/protocol';
import { readBounded } from '../sources/fetchEvidence.ts';
import { maxPayload, type Peer, type PeerMessage } from './peerMessage.ts';

/**
 * Sends a message to a peer and returns its parsed answer, unchecked: the caller opens it as a message.
 * @throws LichenError `timeout` or `source-unavailable`
 */
export async function callPeer(
  peer: Peer,
  path: string,
  message: PeerMessage,
  timeoutMs: number,
): Promise<unknown> {
  try {
    const response = await fetch(`${peer.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await readBounded(response, maxPayload + 100_000);
    if (body === undefined) throw new Error('its answer is too long');
    const text = new TextDecoder().decode(body);
    if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as unknown;
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new LichenError(late ? 'timeout' : 'source-unavailable', 'A peer gave no usable answer.', {
      got: `reporter ${peer.index}: ${error instanceof Error ? error.message : String(error)}`,
      retry: 'later',
      cause: error,
    });
  }
}
