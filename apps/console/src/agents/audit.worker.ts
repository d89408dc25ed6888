import { LichenError, parseTrustPolicy } from '@lichen/protocol';
import {
  type AuditProgress,
  type AuditSource,
  auditAgent,
  connectLichen,
  findJournal,
  journalReaderOf,
  witnessWaitMs,
} from '@lichen/sdk';
import { createPublicClient, http } from 'viem';
import { answerWith } from '../journal/askWorker.ts';
import type { AuditRequest, TimedAudit } from './auditHere.ts';

/** Decisions that are run again, chosen by chance. */
const replayed = 40;

function sourceOf({ agent, config, gatewayUrl, policy }: AuditRequest): AuditSource {
  const client = connectLichen({ config, gatewayUrl });
  const journal = findJournal(client, agent.journal);
  const { accounts, addresses, market } = config;
  const executor = accounts?.mandateExecutor ?? addresses.mandateExecutor;
  if (executor === undefined) {
    throw new LichenError('not-found', 'This network has no mandates, so there is nothing to compare with.', {
      got: config.name,
    });
  }
  return {
    chain: createPublicClient({
      // Many questions travel in one request.
      transport: http(new URL(config.rpcPath, gatewayUrl).href, {
        batch: { batchSize: 64 },
        timeout: 60_000,
      }),
    }),
    read: journalReaderOf(client, journal),
    vkey: journal.vkey,
    ...(policy === undefined ? {} : { policy: parseTrustPolicy(policy) }),
    agent: agent.address,
    account: agent.account,
    mandateExecutor: executor,
    ...(addresses.anchor === undefined ? {} : { anchor: addresses.anchor, anchorWriter: journal.writer }),
    ...(accounts === undefined
      ? {}
      : { entryPoint: accounts.entryPoint, mandateValidator: accounts.mandateValidator }),
    mandates: agent.mandates,
    ...(market === undefined ? {} : { market: { source: market.source, pair: market.pair } }),
  };
}

answerWith(async (request: AuditRequest, tell: (progress: AuditProgress) => void): Promise<TimedAudit> => {
  const start = performance.now();
  const report = await auditAgent(sourceOf(request), {
    replay: replayed,
    headWaitMs: witnessWaitMs,
    onProgress: tell,
  });
  return { report, milliseconds: performance.now() - start };
});
