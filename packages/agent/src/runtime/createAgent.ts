import type { RecordedDecision } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { configurationOf, keepConfiguration } from './configuration.ts';
import { type AgentCore, blankDraft, defaultDeadlines, type Gate } from './core.ts';
import { createTurns } from './createTurns.ts';
import { holdRules } from './holdRules.ts';
import { type pauseChoices, readPast } from './readPast.ts';
import { reasonOf, shortText } from './reasonOf.ts';
import { type Doubts, reconcileIntents } from './reconcileIntents.ts';
import { runAgent } from './runAgent.ts';
import { type StepMemory, takeStep } from './step.ts';
import type { Agent, AgentInit, AgentState } from './types.ts';
import { Interrupted } from './withDeadline.ts';

/** IANA zone of a journal that is still empty: that of `openDecisionLog`. */
const firstZone = 'UTC';

function notRunning(got: string): LichenError {
  return new LichenError('not-running', 'The agent does not run.', {
    got,
    expected: 'an agent that was started and not stopped',
    next: 'Start it, or create it again over the same journal.',
    retry: 'after-fix',
  });
}

/**
 * An agent over a journal: it observes, decides by its rules, checks its mandate, records what it is about to do, does it,
 * records what came of it. docs/spec/agent.md
 * @throws LichenError `bad-input` when the rules cannot be loaded, `disk-full`
 */
export async function createAgent(init: AgentInit): Promise<Agent> {
  const { decisions, actor, clock } = init;
  const program = await holdRules(init.rulesCode);
  decisions.keep(init.rulesCode);
  const configuration = configurationOf(init.rulesCode, init.rulesVersion, init.model);
  const core: AgentCore = {
    init,
    decisions,
    actor,
    rules: configuration.rules,
    program,
    // The journal's zone, which its first decision (a `change`) shows before any rules are asked.
    get zone() {
      return decisions.last()?.decision.zone ?? firstZone;
    },
    deadlines: { ...defaultDeadlines, ...init.deadlines },
    clock,
    log: init.log ?? (() => undefined),
    point: async (point) => init.onPoint?.(point),
  };

  let state: AgentState['state'] = 'starting';
  let since = clock();
  let reason = 'not started yet';
  function enter(next: AgentState['state'], because: string): void {
    if (next !== state) since = clock();
    [state, reason] = [next, because];
  }

  /** Pauses and stops that were asked for and are not recorded yet: while there are any, nothing new is signed. */
  const closing: string[] = [];
  let pausedBecause: string | undefined;
  /** A pause that a full disk kept out of the journal holds all the same, and is recorded when it is asked for again. */
  let isPauseRecorded = false;
  let isStopped = false;
  let isStarted = false;
  let abort = new AbortController();
  const turns = createTurns();
  const doubts: Doubts = new Map();
  const memory: StepMemory = { lastFailure: undefined };

  const why = () => closing.at(-1) ?? pausedBecause ?? (isStopped ? 'the agent was stopped' : '');
  /** The gate of one turn. A paused agent looks and records behind a closed gate; a pause that comes in ends even that. */
  function newGate(): Gate {
    abort = new AbortController();
    if (closing.length > 0) abort.abort();
    const { signal } = abort;
    return {
      isOpen: () => closing.length === 0 && pausedBecause === undefined && !isStopped,
      reason: why,
      signal,
    };
  }
  /** A pause lets what was begun be dropped: for this one time something may be signed. */
  const dropping: Gate = { isOpen: () => !isStopped, reason: why, signal: new AbortController().signal };

  function recordPause(choice: keyof typeof pauseChoices, option: string, because: string) {
    return decisions.record({
      ...blankDraft(core),
      choice,
      kind: 'pause',
      rejected: [{ option, reason: shortText(because) }],
      task: 'pause',
    });
  }

  /** Nothing that begins after this call is signed; resolves to `work`'s result when everything before has ended. */
  async function close<T>(because: string, work: () => Promise<T>): Promise<T> {
    closing.push(because);
    abort.abort();
    try {
      return await turns(work);
    } finally {
      closing.splice(closing.indexOf(because), 1);
    }
  }

  async function stepOnce(): Promise<RecordedDecision | undefined> {
    if (!isStarted || isStopped) throw notRunning(isStopped ? 'a stopped agent' : 'an agent not started');
    const gate = newGate();
    try {
      if (decisions.openIntents().length > 0 && !(await reconcileIntents(core, gate, doubts)))
        return undefined;
      if (closing.length > 0) return undefined;
      const isPaused = pausedBecause !== undefined;
      const recorded = await takeStep(core, gate, memory, pausedBecause);
      if (!isPaused && closing.length === 0) enter('running', '');
      return recorded;
    } catch (error) {
      if (error instanceof Interrupted) return undefined;
      enter('failed', reasonOf(error));
      throw error;
    }
  }

  async function start(): Promise<void> {
    if (isStopped) throw notRunning('a stopped agent');
    if (isStarted) return;
    const past = readPast(decisions);
    const input = keepConfiguration(decisions, configuration, clock());
    if (past.configuration !== input.sha256) {
      const { rules, model } = configuration;
      await decisions.record({
        ...blankDraft(core),
        checks: [
          {
            got: input.sha256,
            limit: past.configuration ?? 'none before',
            passed: true,
            rule: 'configuration',
          },
        ],
        choice: past.configuration === undefined ? 'begin' : 'go on otherwise',
        inputs: [input],
        kind: 'change',
        task: shortText(`rules ${rules.version} ${rules.sha256}, model ${model?.id ?? 'none'}`),
      });
    }
    const because = past.pause?.decision.rejected[0]?.reason;
    if (past.pause !== undefined) {
      pausedBecause = because ?? 'paused before';
      isPauseRecorded = true;
    }
    isStarted = true;
    await reconcileIntents(core, newGate(), doubts).catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error;
    });
    if (pausedBecause === undefined) enter('running', '');
    else enter('paused', pausedBecause);
  }

  const agent: Agent = {
    start: () => turns(start),
    step: () => turns(stepOnce),
    run: (signal, pauseMs) => runAgent(agent, core.log, signal, pauseMs),
    pause: (because) =>
      close(because, async () => {
        if (!isStarted || isStopped) throw notRunning('an agent that is not there to be paused');
        if (pausedBecause !== undefined && isPauseRecorded) return;
        // What was signed and may still land is dropped first: after the pause nothing could be signed to drop it.
        if (decisions.openIntents().length > 0) await reconcileIntents(core, dropping, doubts);
        pausedBecause = because;
        enter('paused', because);
        await recordPause('pause', 'new acts', because);
        isPauseRecorded = true;
      }),
    resume: (because) =>
      turns(async () => {
        if (!isStarted || isStopped) throw notRunning('an agent that is not there to go on');
        if (pausedBecause === undefined) return;
        await recordPause('resume', 'staying paused', because);
        pausedBecause = undefined;
        isPauseRecorded = false;
        enter('running', '');
      }),
    state: () => {
      const last = decisions.last();
      return {
        state,
        since,
        reason,
        openIntents: decisions.openIntents().length,
        lastDecision:
          last === undefined
            ? null
            : {
                index: last.index,
                leafHash: last.leafHash,
                kind: last.decision.kind,
                choice: last.decision.choice,
                time: last.decision.time,
              },
      };
    },
    stop: () =>
      close('the agent was stopped', async () => {
        if (isStopped) return;
        isStopped = true;
        program.dispose();
        enter('stopped', 'the agent was stopped');
        if (isStarted) await recordPause('stop', 'new acts', 'the agent was stopped');
      }),
  };
  return agent;
}
