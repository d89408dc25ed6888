// An agent in a process of its own, which kills itself with SIGKILL at a named point, or is killed from outside.
import { appendFileSync, writeFileSync, writeSync } from 'node:fs';
import type { ActPoint, AgentPoint } from '../../src/index.ts';
import type { AgentPlace } from './mandateChain.ts';
import { openTestAgent, openTestLog } from './testAgent.ts';

export interface ChildTask {
  readonly place: AgentPlace;
  readonly folder: string;
  /** Dies the `count`-th time that it passes `point`. Absent: lives. */
  readonly kill?: { readonly point: AgentPoint | ActPoint; readonly count: number };
  /** Decisions that it takes before it stops in order; more where an intent is still open then. */
  readonly steps: number;
  readonly receiptMs: number;
  readonly takeAgainMs: number;
}

const task: ChildTask = JSON.parse(process.argv[2]!);
const say = (line: string) => writeSync(1, `${line}\n`);
const logFile = `${task.folder}.log`;
writeFileSync(logFile, '');
const log = (line: string) => appendFileSync(logFile, `${line}\n`);
// It does not outlive the test that started it, however that ends.
process.stdin.resume().once('close', () => process.exit(1));
let passed = 0;
function onPoint(point: AgentPoint | ActPoint): void {
  log(point);
  if (point !== task.kill?.point) return;
  passed += 1;
  if (passed !== task.kill.count) return;
  say(`dying at ${point}`);
  process.kill(process.pid, 'SIGKILL');
  // The signal comes at once, but between two instructions: nothing more may happen here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const decisions = await openTestLog(task.place, task.folder);
const agent = await openTestAgent(task.place, decisions, {
  actor: { onPoint, log, receiptMs: task.receiptMs, takeAgainMs: task.takeAgainMs },
  agent: { onPoint, log },
});
say('started');
await agent.start();
for (let step = 0; step < task.steps || agent.state().openIntents > 0; ) {
  if ((await agent.step()) !== undefined) step += 1;
}
await agent.stop();
await decisions.close();
say('stopped');
process.exit(0);
