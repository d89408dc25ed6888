import type { DecisionDraft, RecordedDecision } from '@lichen/journal';
import { type DecisionInput, isLichenError } from '@lichen/protocol';
import { contextOf } from '@lichen/sdk';
import { createToolbox } from '../tools/createToolbox.ts';
import { type AgentCore, blankDraft, type Gate, recordOrRefuse, unreadableChoice } from './core.ts';
import { decide, type Proposal } from './decide.ts';
import { checkInputs, keepInput } from './keepInputs.ts';
import { performIntent, recordOutcome } from './performIntent.ts';
import { prepareAct } from './prepareAct.ts';
import { reasonOf } from './reasonOf.ts';
import { type RuntimeStage, runtimeCheck } from './runtimeChecks.ts';
import type { Observation, PreparedAct } from './types.ts';
import { Interrupted, withDeadline } from './withDeadline.ts';

const stageLimits: Partial<Record<RuntimeStage, string>> = {
  observe: 'inputs that are what they say',
  rules: 'a verdict of the rules',
};

/** Not about this decision but about the place that it is recorded in. */
function isDiskError(error: unknown): boolean {
  return isLichenError(error) && (error.code === 'disk-full' || error.code === 'state-damaged');
}

/** What a step remembers of the one before. */
export interface StepMemory {
  /** Why the last observation failed; the same failure is recorded once until an observation succeeds. */
  lastFailure: string | undefined;
}

/** A refusal of the runtime before there was a verdict. */
function earlyRefusal(core: AgentCore, stage: RuntimeStage, got: string, limit: string): DecisionDraft {
  return {
    ...blankDraft(core),
    checks: [runtimeCheck(stage, got, limit)],
    choice: unreadableChoice,
    kind: 'refusal',
    task: stage,
  };
}

/** The verdict as a decision. A refusal of the runtime keeps what the rules wanted: its last check says why it was not done. */
function draftOf(
  core: AgentCore,
  { verdict, inputs, model, checks }: Proposal,
  time: number,
  rest: Partial<DecisionDraft>,
): DecisionDraft {
  return {
    ...blankDraft(core),
    amounts: verdict.amounts,
    checks: [...verdict.checks, ...checks, ...(rest.checks ?? [])],
    choice: verdict.choice,
    inputs: [...inputs, ...(rest.inputs ?? [])],
    kind: rest.kind ?? 'refusal',
    act: rest.act ?? null,
    model,
    rejected: verdict.rejected,
    task: verdict.task,
    time,
  };
}

async function observe(
  core: AgentCore,
  gate: Gate,
  memory: StepMemory,
): Promise<{ observation?: Observation; recorded?: RecordedDecision }> {
  const { init, decisions, deadlines } = core;
  const toolbox = createToolbox({
    tools: init.tools ?? [],
    capabilities: init.capabilities ?? [],
    clock: core.clock,
    signal: gate.signal,
  });
  let observation: Observation | undefined;
  let failure: string | undefined;
  let recorded: RecordedDecision | undefined;
  try {
    observation = await withDeadline(
      'The observation',
      deadlines.observeMs,
      (signal) => init.observe(signal, toolbox),
      gate.signal,
    );
    if (observation !== undefined) {
      observation = { ...observation, inputs: [...observation.inputs, ...toolbox.inputs()] };
    }
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    observation = undefined;
    failure = reasonOf(error);
  }
  for (const { option, reason } of toolbox.refusals()) {
    const draft = earlyRefusal(core, 'tool', reason, 'the capabilities that it was granted');
    recorded = await recordOrRefuse(core, { ...draft, rejected: [{ option, reason }] });
  }
  if (failure !== undefined && failure !== memory.lastFailure) {
    const inputs = toolbox.inputs().map((input) => keepInput(decisions, input));
    const draft = earlyRefusal(core, 'observe', failure, 'an observation');
    recorded = await recordOrRefuse(core, { ...draft, inputs });
  }
  memory.lastFailure = failure;
  return {
    ...(observation === undefined ? {} : { observation }),
    ...(recorded === undefined ? {} : { recorded }),
  };
}

function callsInput(core: AgentCore, verdict: Proposal['verdict'], prepared?: PreparedAct): DecisionInput {
  const calls = verdict.calls.map(({ to, data }) => ({ to, data }));
  const block = prepared?.checkedAt;
  return keepInput(core.decisions, {
    at: core.clock(),
    bytes: new TextEncoder().encode(JSON.stringify(calls)),
    mediaType: 'application/json',
    name: 'calls',
    // The chain was asked about these calls at this block: reconciling looks from there on.
    provenance:
      prepared === undefined || block === undefined
        ? { by: 'operator' }
        : { by: 'chain', block, chainId: prepared.act.chainId, logIndex: null },
    uri: `rules:${core.rules.sha256}`,
  });
}

/**
 * One decision: observe, ask the rules, check the mandate, record, act, record. Undefined where there was nothing to decide
 * on.
 * @throws LichenError of the journal; Interrupted when the gate closed before anything was decided
 */
export async function takeStep(
  core: AgentCore,
  gate: Gate,
  memory: StepMemory,
  pausedBecause: string | undefined,
): Promise<RecordedDecision | undefined> {
  const { decisions, deadlines } = core;
  const seen = await observe(core, gate, memory);
  const { observation } = seen;
  if (observation === undefined) return seen.recorded;
  await core.point('observed');
  const { time } = observation;
  const inputs = observation.inputs.map((input) => keepInput(decisions, input));
  if (pausedBecause !== undefined) {
    const draft = earlyRefusal(core, 'paused', pausedBecause, 'running');
    return recordOrRefuse(core, { ...draft, inputs, time });
  }

  let proposal: Proposal;
  let stage: RuntimeStage = 'observe';
  // A model's answer stays on record also where the rules fail at it.
  let asked: Pick<Proposal, 'inputs' | 'model'> = { inputs, model: null };
  try {
    checkInputs(observation.inputs);
    // From the disk: what the rules see is what is recorded, byte for byte, or they see nothing.
    const blobs = new Map(inputs.map(({ sha256 }) => [sha256, decisions.blobs.get(sha256)!]));
    const context = contextOf({ time, zone: core.zone, inputs }, blobs);
    stage = 'rules';
    const components = {
      decisions,
      rules: core.program,
      model: core.init.model,
      modelMs: deadlines.modelMs,
      onAnswer: (now: typeof asked) => {
        asked = now;
      },
    };
    proposal = await decide(components, context, inputs, gate.signal);
  } catch (error) {
    if (error instanceof Interrupted || isDiskError(error)) throw error;
    const draft = earlyRefusal(core, stage, reasonOf(error), stageLimits[stage]!);
    return recordOrRefuse(core, { ...draft, ...asked, time });
  }
  await core.point('decided');
  const { verdict } = proposal;
  if (verdict.kind === 'refusal') return recordOrRefuse(core, draftOf(core, proposal, time, {}));

  const refuse = (stage: RuntimeStage, got: string, limit: string) =>
    recordOrRefuse(
      core,
      draftOf(core, proposal, time, {
        checks: [runtimeCheck(stage, got, limit)],
        inputs: [callsInput(core, verdict)],
      }),
    );
  let prepared: PreparedAct;
  try {
    prepared = await prepareAct(core.actor, verdict.calls, deadlines.prepareMs, gate.signal);
  } catch (error) {
    if (error instanceof Interrupted) return refuse('paused', gate.reason(), 'running');
    return refuse('mandate', reasonOf(error), 'a mandate that allows these calls');
  }
  await core.point('prepared');
  if (!gate.isOpen()) return refuse('paused', gate.reason(), 'running');

  const intent = await recordOrRefuse(
    core,
    draftOf(core, proposal, time, {
      act: prepared.act,
      inputs: [callsInput(core, verdict, prepared)],
      kind: 'intent',
    }),
  );
  if (intent.decision.kind !== 'intent') return intent;
  await core.point('intent-recorded');
  const outcome = await performIntent(core, gate, intent, prepared, core.init.beforeAct?.bind(core.init));
  await core.point('acted');
  return recordOutcome(core, intent, outcome);
}
