// Kills agents with SIGKILL again and again, at named points and at any moment, while the node loses transactions and
// answers and blocks come late.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { privateKeyToAccount } from 'viem/accounts';
import { type ActPoint, type AgentPoint, actPoints, agentPoints } from '../../src/index.ts';
import type { ChildTask } from './agentChild.ts';
import { startBadNode } from './badNode.ts';
import { checkHistory, type History, readTransactions } from './checkHistory.ts';
import type { AgentPlace, MandateChain } from './mandateChain.ts';

export interface Killing {
  readonly kills: number;
  /** Processes started, those that outlived their end among them. */
  readonly lives: number;
  /** How often each agent died, by where. */
  readonly deaths: Readonly<Record<string, number>>;
  readonly histories: readonly History[];
  /** Without the comparison at the end. */
  readonly ms: number;
}

/** Agents that live and die side by side. */
const agents = 4;

const pointsOfReconciling: readonly (AgentPoint | ActPoint)[] = [
  'reconciling',
  'nonce-intent-recorded',
  'nonce-signed',
  'nonce-sent',
  'reconciled',
];
const pointsOfAct = [...agentPoints, ...actPoints].filter((point) => !pointsOfReconciling.includes(point));

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The child in few files, since a thousand of them are started: loading its sources one by one is most of a life. With
 * the bundler that vitest brings along.
 */
function bundleChild(folder: string): string {
  const bundler = join(import.meta.dirname, '../../../../node_modules/rolldown/bin/cli.mjs');
  const source = join(import.meta.dirname, 'agentChild.ts');
  const args = [bundler, source, '--dir', folder, '--platform', 'node', '--format', 'esm'];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'agentChild.js');
}

interface Life {
  /** Where it died, or undefined when it lived to its end. */
  readonly death: string | undefined;
  readonly errors: string;
}

async function live(program: string, task: ChildTask, killAfterMs?: number): Promise<Life> {
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(program), 'cache') },
  });
  let said = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (part) => {
    said += part;
    if (killAfterMs !== undefined && timer === undefined && said.includes('started')) {
      timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    }
  });
  child.stderr.on('data', (part) => {
    errors += part;
  });
  const hangs = setTimeout(() => {
    errors += `it hung for 60 s: ${readFileSync(`${task.folder}.log`, 'utf8').slice(-2_000)}`;
    child.kill('SIGKILL');
  }, 60_000);
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_, how) => resolve(how)),
  );
  clearTimeout(hangs);
  clearTimeout(timer);
  if (signal === null) return { death: undefined, errors };
  const point = /dying at (\S+)/.exec(said)?.[1];
  return { death: point ?? 'any moment', errors };
}

/** Blocks, mostly soon and now and then late, until told to stop. */
function keepMining(chain: MandateChain, random: () => number): () => Promise<void> {
  let isOn = true;
  const mining = (async () => {
    while (isOn) {
      await chain.mine();
      await sleep(random() < 0.01 ? 900 : 20 + 60 * random());
    }
  })();
  return async () => {
    isOn = false;
    await mining;
  };
}

/**
 * Kills `kills` times, in agents side by side, then lets each live once more and compares journal and chain.
 * @param folder for journals and programs
 */
export async function killAgents(
  chain: MandateChain,
  folder: string,
  init: { readonly kills: number; readonly seed: number; readonly onKill?: (kills: number) => void },
): Promise<Killing> {
  const { kills, seed } = init;
  const began = performance.now();
  const places: AgentPlace[] = [];
  for (let lane = 0; lane < agents; lane += 1) {
    const { mandate: _, ...place } = await chain.newAgent();
    places.push(place);
  }
  await chain.automine(false);
  const stopMining = keepMining(chain, randomOf(seed + 1));
  const luck = randomOf(seed + 2);
  const bad = await startBadNode(chain.rpcUrl, () => {
    const drawn = luck();
    return drawn < 0.01 ? 'away' : drawn < 0.03 ? 'mute' : 'serve';
  });
  const program = bundleChild(join(folder, 'child'));
  const deaths: Record<string, number> = {};
  let done = 0;
  let lives = 0;

  async function runLane(place: AgentPlace, lane: number): Promise<void> {
    const random = randomOf(seed + 10 + lane);
    const laneFolder = join(folder, `agent-${lane}`);
    const base = { place, folder: laneFolder, receiptMs: 400, takeAgainMs: 300 };
    const agent = privateKeyToAccount(place.agentKey).address;
    let isOpen = false;
    while (done < kills) {
      // What happens while an intent is reconciled happens only where the life before left one open.
      const points = isOpen ? [...pointsOfReconciling, ...pointsOfReconciling, ...pointsOfAct] : pointsOfAct;
      const isNamed = random() < 0.75;
      const kill = { point: points[Math.floor(random() * points.length)]!, count: random() < 0.8 ? 1 : 2 };
      const task = { ...base, place: { ...place, rpcUrl: bad.url }, steps: 2, ...(isNamed ? { kill } : {}) };
      const { death, errors } = await live(program, task, isNamed ? undefined : random() * 300);
      if (errors !== '') throw new Error(`agent ${lane}: ${errors}`);
      lives += 1;
      isOpen = death !== undefined && death !== 'outcome-recorded';
      if (death === undefined) continue;
      done += 1;
      init.onKill?.(done);
      deaths[death] = (deaths[death] ?? 0) + 1;
      // The node forgets what waits for a block.
      if (random() < 0.3) await chain.anvil.upstream.demand('anvil_removePoolTransactions', agent);
    }
    const last = await live(program, { ...base, steps: 2 });
    if (last.errors !== '') throw new Error(`agent ${lane}: ${last.errors}`);
  }

  try {
    const ends = await Promise.allSettled(places.map(runLane));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    const ms = Math.round(performance.now() - began);
    const bySender = await readTransactions(chain.chain);
    const histories = await Promise.all(
      places.map((place, lane) => checkHistory(chain.chain, place, join(folder, `agent-${lane}`), bySender)),
    );
    return { kills: done, lives, deaths, histories, ms };
  } finally {
    await stopMining();
    await chain.automine(true);
    bad.stop();
  }
}
