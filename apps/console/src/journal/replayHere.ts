import type { Decision } from '@lichen/protocol';
import type { ReplayReport } from '@lichen/sdk';
import { askWorker } from './askWorker.ts';

export interface ReplayRequest {
  readonly decision: Decision;
  /** Path of the journal's files on the gateway. */
  readonly path: string;
  readonly gatewayUrl: string;
}

export interface TimedReplay {
  readonly report: ReplayReport;
  /** Milliseconds that the replay took, start of its sandbox included. */
  readonly milliseconds: number;
  /** Milliseconds before, in which inputs, rules and model were fetched. */
  readonly gatheringMs: number;
}

/** A replay takes well under a second; rules that hang are stopped by their sandbox long before. Milliseconds. */
const patienceMs = 60_000;

/** Replays a decision in a worker of its own. @throws LichenError as `askWorker` */
export function replayHere(request: ReplayRequest): Promise<TimedReplay> {
  const worker = new Worker(new URL('./replay.worker.ts', import.meta.url), {
    type: 'module',
    name: 'replay',
  });
  return askWorker(worker, request, { patienceMs });
}
