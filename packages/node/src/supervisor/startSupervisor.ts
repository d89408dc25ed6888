import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLichenError } from '@lichen/protocol';
import { type ChildSpec, type ReadyLine, type RunningChild, startChild } from './childProcess.ts';
import { type ProcessStatus, type RunFile, removeRunFile, writeRunFile } from './runFile.ts';

export interface SupervisorInit {
  readonly runFile: string;
  /** Folder of the children's log files; made when absent. */
  readonly logsFolder: string;
  /** What the run file says beside processes and events. */
  readonly facts: Omit<RunFile, 'version' | 'pid' | 'startedAt' | 'processes' | 'events'>;
  /** Told of each event, in one sentence. */
  readonly onEvent?: (text: string) => void;
  /** First pause before a restart; doubled each time up to 64 times as long. 250 ms when absent. */
  readonly firstPauseMs?: number;
  /** How long a child may take to end by itself before it is killed; 10 s when absent. */
  readonly stopTimeoutMs?: number;
}

export interface Supervisor {
  /** Starts a child and waits until it is ready. From then on it is started again whenever it ends. @throws LichenError */
  launch(spec: ChildSpec): Promise<ReadyLine>;
  processes(): readonly ProcessStatus[];
  /** Changes what the run file says. */
  note(facts: Partial<SupervisorInit['facts']>): void;
  /** Ends all children, newest first, and removes the run file. */
  stop(): Promise<void>;
}

/** A child that ran this long is healthy again: its next death waits the first pause. */
const healthyAfterMs = 60_000;
const keptEvents = 100;

interface Kept {
  readonly spec: ChildSpec;
  status: ProcessStatus;
  running?: RunningChild;
  failures: number;
  timer?: NodeJS.Timeout;
}

/** Keeps child processes running: starts them, restarts the dead with growing pauses, says so, and ends them all. */
export function startSupervisor(init: SupervisorInit): Supervisor {
  const { firstPauseMs = 250, stopTimeoutMs = 10_000 } = init;
  mkdirSync(init.logsFolder, { recursive: true });
  const startedAt = Math.floor(Date.now() / 1000);
  const kept: Kept[] = [];
  const events: { at: number; text: string }[] = [];
  let facts = init.facts;
  let stopping: Promise<void> | undefined;

  let isDiskFull = false;
  function save(): void {
    if (stopping !== undefined) return;
    try {
      writeRunFile(init.runFile, {
        version: 1,
        pid: process.pid,
        startedAt,
        ...facts,
        processes: kept.map((entry) => entry.status),
        events,
      });
      isDiskFull = false;
    } catch (error) {
      // The run file is for people and comes back with the next change: a full disk must not end the processes.
      if (!isLichenError(error) || error.code !== 'disk-full') throw error;
      if (!isDiskFull) init.onEvent?.(error.message);
      isDiskFull = true;
    }
  }

  function event(text: string): void {
    events.push({ at: Math.floor(Date.now() / 1000), text });
    if (events.length > keptEvents) events.shift();
    init.onEvent?.(text);
  }

  function change(entry: Kept, changes: Partial<ProcessStatus>): void {
    entry.status = { ...entry.status, ...changes, since: Math.floor(Date.now() / 1000) };
    save();
  }

  async function run(entry: Kept): Promise<ReadyLine> {
    const { name } = entry.spec;
    const begun = Date.now();
    const running = startChild(entry.spec, join(init.logsFolder, `${name}.log`), (text) => {
      event(`${name}: ${text}`);
      save();
    });
    entry.running = running;
    change(entry, { pid: running.process.pid ?? null });
    let line: ReadyLine;
    try {
      line = await running.ready;
    } catch (error) {
      running.process.kill('SIGKILL');
      await running.exited;
      throw error;
    }
    change(entry, { state: 'running', url: line.url ?? null });
    void running.exited.then((how) => {
      if (stopping !== undefined) return;
      if (Date.now() - begun > healthyAfterMs) entry.failures = 0;
      event(`${name} ended (${how}).`);
      again(entry);
    });
    return line;
  }

  function again(entry: Kept): void {
    if (stopping !== undefined) return;
    const pause = firstPauseMs * 2 ** Math.min(entry.failures, 6);
    entry.failures += 1;
    change(entry, { state: 'restarting', pid: null, restarts: entry.status.restarts + 1 });
    entry.timer = setTimeout(async () => {
      const begun = Date.now();
      try {
        await run(entry);
        if (stopping !== undefined) return;
        event(
          `${entry.spec.name} is back after ${Date.now() - begun + pause} ms (restart ${entry.status.restarts}).`,
        );
        save();
      } catch (error) {
        if (stopping !== undefined) return;
        event(`${entry.spec.name} could not start: ${error instanceof Error ? error.message : error}`);
        again(entry);
      }
    }, pause);
  }

  async function end(entry: Kept): Promise<void> {
    clearTimeout(entry.timer);
    const { running } = entry;
    if (running === undefined) return;
    const timer = setTimeout(() => running.process.kill('SIGKILL'), stopTimeoutMs);
    if (running.process.exitCode === null && running.process.signalCode === null)
      running.process.kill('SIGTERM');
    await running.exited;
    clearTimeout(timer);
  }

  return {
    async launch(spec) {
      const status: ProcessStatus = {
        name: spec.name,
        pid: null,
        state: 'starting',
        restarts: 0,
        since: Math.floor(Date.now() / 1000),
        url: null,
      };
      const entry: Kept = { spec, status, failures: 0 };
      kept.push(entry);
      return run(entry);
    },
    processes: () => kept.map((entry) => entry.status),
    note(changes) {
      facts = { ...facts, ...changes };
      save();
    },
    stop() {
      stopping ??= (async () => {
        // Newest first: those that use a service end before the service does. The first child (the chain) goes last.
        const [first, ...rest] = kept;
        await Promise.all(rest.map(end));
        if (first !== undefined) await end(first);
        removeRunFile(init.runFile);
      })();
      return stopping;
    },
  };
}
