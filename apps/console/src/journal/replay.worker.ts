import { isLichenError, LichenError } from '@lichen/protocol';
import { replayDecision } from '@lichen/sdk';
import { answerWith } from './askWorker.ts';
import { fetchBlob } from './fetchBlob.ts';
import type { ReplayRequest, TimedReplay } from './replayHere.ts';

/** Bytes under a hash; undefined where the journal does not hold them. Each is fetched once. */
function blobReader({ gatewayUrl, path }: ReplayRequest) {
  const held = new Map<string, Promise<Uint8Array | undefined>>();
  return (sha256: string) => {
    const reading =
      held.get(sha256) ??
      fetchBlob({ gatewayUrl }, { path }, sha256).catch((error: unknown) => {
        if (!isLichenError(error)) throw error;
        if (error.code === 'not-found') return undefined;
        // Other bytes than asked for are a finding of the replay, not the end of it.
        if (error.code !== 'bad-input') throw error;
        const { got } = error;
        throw new LichenError('state-damaged', error.message, got === undefined ? {} : { got });
      });
    held.set(sha256, reading);
    return reading;
  };
}

answerWith(async (request: ReplayRequest): Promise<TimedReplay> => {
  const { decision } = request;
  const { inputs, model, rules } = decision;
  const blob = blobReader(request);
  const before = performance.now();
  const named = [...inputs.map(({ sha256 }) => sha256), rules.sha256];
  await Promise.allSettled([...named, ...(model === null ? [] : [model.input, model.output])].map(blob));
  const start = performance.now();
  const report = await replayDecision({ decision, blob });
  return { report, milliseconds: performance.now() - start, gatheringMs: start - before };
});
