import type { AgentConfig, AuditProgress, AuditReport, LichenClient, LichenConfig } from '@lichen/sdk';
import { askWorker } from '../journal/askWorker.ts';

export interface AuditRequest {
  readonly agent: AgentConfig;
  readonly config: LichenConfig;
  readonly gatewayUrl: string;
  /** Whom this browser trusts, as it remembers it; absent where it remembers none. */
  readonly policy: string | undefined;
}

export interface TimedAudit {
  readonly report: AuditReport;
  readonly milliseconds: number;
}

/** A hundred thousand decisions take about a minute. Milliseconds. */
const patienceMs = 600_000;

/** Audits an agent of the network in a worker of its own. @throws LichenError as `askWorker` */
export function auditHere(
  client: LichenClient,
  agent: AgentConfig,
  policy: string | undefined,
  onProgress: (progress: AuditProgress) => void,
): Promise<TimedAudit> {
  const worker = new Worker(new URL('./audit.worker.ts', import.meta.url), { type: 'module', name: 'audit' });
  const request: AuditRequest = { agent, config: client.config, gatewayUrl: client.gatewayUrl, policy };
  return askWorker(worker, request, { patienceMs, onProgress });
}
