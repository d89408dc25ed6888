import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionDraft, type DecisionLog, openDecisionLog } from '@lichen/journal';
import { blankDecision, vkeyTextOf } from '@lichen/protocol';
import { connectLichen, type LichenClient, type LichenConfig } from '@lichen/sdk';
import { startTestServer } from './testServer.ts';

export const origin = 'lichen.test/agent';

export interface JournalServer {
  readonly decisions: DecisionLog;
  /** Client of a gateway that serves this journal and nothing else. */
  readonly client: LichenClient;
  /** Files asked for since it was last read. */
  asked(): string[];
  /** Replaces what is served under a path, as a writer does who rewrites his journal. */
  replace(path: string, bytes: Uint8Array): void;
  record(...drafts: readonly Partial<DecisionDraft>[]): Promise<void>;
  stop(): Promise<void>;
}

const draft: DecisionDraft = {
  ...blankDecision,
  choice: 'hold',
  kind: 'refusal',
  rules: { sha256: '0'.repeat(64), version: '1' },
  task: 'trade',
};

/** A real journal on the disk behind a real HTTP server, as a gateway serves it. */
export async function startJournalServer(): Promise<JournalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-telemetry-'));
  let now = 1_700_000_000_000;
  const decisions = await openDecisionLog({
    folder,
    origin,
    secretKey: new Uint8Array(32).fill(5),
    checkpointEveryMs: 0,
    agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
    clock: () => {
      now += 500;
      return now;
    },
  });
  const asked: string[] = [];
  const replaced = new Map<string, Uint8Array>();
  const server = await startTestServer(({ path }, response) => {
    const name = path.replace('/v1/journals/1/', '');
    asked.push(name);
    const file = join(folder, 'log', name);
    const bytes = replaced.get(name) ?? (existsSync(file) ? readFileSync(file) : undefined);
    response.writeHead(bytes === undefined ? 404 : 200);
    response.end(bytes ?? '{"error":"not-found","message":"no such file","retry":"never"}');
  });
  const journal = {
    origin,
    writer: '0x00000000000000000000000000000000000000aa',
    vkey: vkeyTextOf(decisions.journal.key),
    witness: [],
    path: '/v1/journals/1',
  };
  const config = {
    name: 'test',
    chainId: 31_338,
    rpcPath: '/rpc',
    addresses: {},
    agents: [],
    journals: [journal],
  };
  return {
    decisions,
    client: connectLichen({ gatewayUrl: server.url, config: config as unknown as LichenConfig }),
    asked: () => asked.splice(0),
    replace: (path, bytes) => void replaced.set(path, bytes),
    record: async (...drafts) => {
      for (const changes of drafts) await decisions.record({ ...draft, ...changes });
      await decisions.journal.checkpoint();
    },
    stop: async () => {
      await decisions.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
