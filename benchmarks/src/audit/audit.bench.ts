// An audit of a long journal against a real chain: 100,000 decisions of about 2 KB, of which 1,500 led to real acts under
// mandates. Everything is looked at, but inputs, which are sampled (1,000 decisions) as on the command line. Making the
// journal and the acts is not measured.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformSha256 } from '@lichen/journal';
import { auditAgent } from '@lichen/sdk';
import { startDevChain } from '../support/devChain.ts';
import { printAtMost } from '../support/printBar.ts';
import { createAuditWorld } from './auditWorld.ts';

const decisions = 100_000;
const acts = 1_500;
const anchors = 100;

const folder = mkdtempSync(join(process.env.LICHEN_BENCH_DIR ?? tmpdir(), 'lichen-bench-'));
const chain = await startDevChain();
try {
  const { source, decisionBytes } = await createAuditWorld(chain, { folder, decisions, acts, anchors });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed);
  }, 100);
  const from = performance.now();
  const report = await auditAgent(source, { hash: platformSha256 });
  const seconds = (performance.now() - from) / 1_000;
  clearInterval(watch);
  const { counts, findings } = report;
  if (!report.isClean || counts.decisions !== decisions || counts.acts !== acts) {
    throw new Error(
      `not the audit that was meant: ${JSON.stringify({ counts, findings: findings.slice(0, 5) })}`,
    );
  }
  printAtMost('audit of 100,000 decisions against the chain', Number(seconds.toFixed(1)), 's', 60, {
    decisionBytes,
    acts,
    transactions: counts.transactions,
    anchors: counts.anchors,
    blobs: counts.blobs,
    millisecondsByPart: report.took,
    heapMegabytes: Math.round(most / 1e6),
  });
} finally {
  chain.stop();
  rmSync(folder, { recursive: true, force: true });
}
