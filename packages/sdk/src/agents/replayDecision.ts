import { blobHashOf, type Decision, isLichenError, type LichenError, openPrivate } from '@lichen/protocol';
import { hexToBytes } from 'viem';
import { contextOf, isRulesInput } from './contextOf.ts';
import { type Difference, differencesOf } from './difference.ts';
import { openRules } from './openRules.ts';
import { type BlobSource, type InputBlobs, readBlob, readInputBlobs } from './readBlobs.ts';
import { type AskAgain, replayModel } from './replayModel.ts';
import { failed, passed, type ReplayReport, type ReplayStep, reasonOf, skipped } from './replayReport.ts';
import type { Rules, RulesContext, RulesVerdict } from './rules.ts';
import { runtimeStageOf } from './runtimeCheck.ts';

export interface ReplayParameters {
  readonly decision: Decision;
  /** Bytes that lie beside the journal. They are checked against their hash, wherever they come from. */
  readonly blob: BlobSource;
  /** Asks the language model again: grade C. */
  readonly askAgain?: AskAgain | undefined;
}

const difference = (path: string, got: unknown, expected: string): Difference => ({
  path,
  got: typeof got === 'string' ? got : JSON.stringify(got),
  expected,
});

/** What the form of each kind asks for, besides what decodeDecision looks at. */
function formOf(decision: Decision): Difference[] {
  const { kind, act, result, refersTo, model, amounts } = decision;
  const wrong: Difference[] = [];
  const nothing = (path: keyof Decision, value: unknown) => {
    if (value !== null) wrong.push(difference(path, value, `null in a record of kind ${kind}`));
  };
  const something = (path: keyof Decision, value: unknown) => {
    if (value === null) wrong.push(difference(path, value, `present in a record of kind ${kind}`));
  };
  switch (kind) {
    case 'intent':
      something('act', act);
      nothing('result', result);
      break;
    case 'outcome':
      something('refersTo', refersTo);
      something('result', result);
      nothing('act', act);
      nothing('model', model);
      break;
    case 'payment':
      nothing('act', act);
      nothing('model', model);
      if (amounts.length === 0) wrong.push(difference('amounts', amounts, 'what was paid'));
      break;
    default:
      nothing('act', act);
      nothing('result', result);
      nothing('refersTo', refersTo);
      if (kind !== 'refusal') nothing('model', model);
  }
  return wrong;
}

/** Why a record holds no verdict that could be run again; undefined where it does. */
function whyNothingToRun(decision: Decision): string | undefined {
  const { kind, act, refersTo, checks, inputs, amounts, model } = decision;
  if (kind !== 'intent' && kind !== 'refusal') return `a record of kind ${kind} decides nothing`;
  if (kind === 'intent') {
    // The runtime's own: it takes the nonce of an act that might still land. It must not be able to do anything else.
    const isHarmless = act !== null && act.calls.length === 0 && act.mandate === null && amounts.length === 0;
    if (refersTo !== null && isHarmless && inputs.length === 0 && model === null) {
      return `it takes the nonce of the intent ${refersTo} and calls nothing`;
    }
    return undefined;
  }
  const stage = earlyStageOf(decision);
  if (stage === undefined || stage === 'rules') return undefined;
  return `the runtime refused at the stage "${stage}", before the rules were asked: ${checks[0]!.got}`;
}

/** The stage at which the runtime refused without a verdict. */
function earlyStageOf({ kind, checks, inputs, model, amounts }: Decision): string | undefined {
  const [only] = checks;
  if (kind !== 'refusal' || checks.length !== 1 || only === undefined) return undefined;
  if (amounts.length > 0 || inputs.some(({ name }) => name === 'calls')) return undefined;
  const stage = runtimeStageOf(only);
  // Rules can fail at what the model answered.
  if (model !== null && stage !== 'rules') return undefined;
  return stage !== undefined && ['observe', 'tool', 'rules', 'paused', 'record'].includes(stage)
    ? stage
    : undefined;
}

function inputsStep({ inputs }: Decision, { missing, damaged }: InputBlobs): ReplayStep {
  if (damaged.length > 0) {
    const names = damaged.map(({ name, sha256, got }) =>
      difference(`inputs ${JSON.stringify(name)}`, got, sha256),
    );
    return failed('inputs', 'the bytes kept are not those that were recorded', names);
  }
  if (missing.length > 0) {
    const names = missing.map(
      ({ name, isPrivate }) => `${JSON.stringify(name)}${isPrivate ? ' (private)' : ''}`,
    );
    return skipped('inputs', `${missing.length} of ${inputs.length} missing: ${names.join(', ')}`);
  }
  return passed('inputs', inputs.length === 0 ? 'it used none' : `${inputs.length} as recorded`);
}

async function rulesOf(decision: Decision, blob: BlobSource): Promise<{ step: ReplayStep; rules?: Rules }> {
  const { sha256, version } = decision.rules;
  const read = await readBlob(blob, sha256);
  if (read.state === 'missing') return { step: skipped('rules', `the code ${sha256} is missing`) };
  if (read.state === 'damaged') {
    const wrong = [difference('rules.sha256', read.got, sha256)];
    return { step: failed('rules', 'that is other code', wrong) };
  }
  try {
    const rules = await openRules(read.bytes);
    return { step: passed('rules', `version ${version}, ${read.bytes.length} bytes, in the sandbox`), rules };
  } catch (error) {
    if (isLichenError(error) && error.code === 'internal') {
      return { step: skipped('rules', `they cannot be run here: ${reasonOf(error)}`) };
    }
    return {
      step: failed('rules', 'that is no rules program', [
        difference('rules.sha256', sha256, `code that can be loaded; ${reasonOf(error)}`),
      ]),
    };
  }
}

/** The recorded checks behind those of the rules, and what they must be for this verdict. */
function runtimePart(decision: Decision, verdict: RulesVerdict, output: unknown): Difference[] {
  const wrong: Difference[] = [];
  const stages = decision.checks.slice(verdict.checks.length).map((check, at) => {
    const stage = runtimeStageOf(check);
    if (stage === undefined) {
      const path = `checks.${verdict.checks.length + at}`;
      wrong.push(difference(path, check, 'no check: the rules made none'));
    }
    return stage;
  });
  const wanted: string[][] = [];
  if (decision.model?.kind === 'language' && output === null) wanted.push(['model']);
  if (verdict.kind === 'intent' && decision.kind === 'refusal') wanted.push(['mandate', 'paused']);
  if (wrong.length === 0) {
    const fits =
      stages.length === wanted.length && wanted.every((names, at) => names.includes(stages[at] ?? ''));
    if (!fits) {
      const got = stages.length === 0 ? 'none' : stages.map((stage) => `"runtime: ${stage}"`).join(', ');
      const expected = wanted.map((names) => `"runtime: ${names.join(' or ')}"`).join(', ');
      wrong.push(difference('checks of the runtime', got, expected === '' ? 'none' : expected));
    }
  }
  return wrong;
}

function verdictStep(
  decision: Decision,
  verdict: RulesVerdict,
  output: unknown,
  form: Difference[],
): ReplayStep {
  const { kind, task, choice, checks, rejected, amounts, refersTo } = decision;
  // A refusal may be the runtime's word about an intent of the rules; an intent never stands for a refusal.
  const isStopped = verdict.kind === 'intent' && kind === 'refusal';
  const recorded = { kind, task, choice, checks: checks.slice(0, verdict.checks.length), rejected, amounts };
  const computed = {
    kind: isStopped ? 'refusal' : verdict.kind,
    task: verdict.task,
    choice: verdict.choice,
    checks: verdict.checks,
    rejected: verdict.rejected,
    amounts: verdict.amounts,
  };
  const wrong = [
    ...differencesOf(recorded, computed),
    ...runtimePart(decision, verdict, output),
    ...form,
    ...(refersTo === null || form.some(({ path }) => path === 'refersTo')
      ? []
      : [difference('refersTo', refersTo, `null in a record of kind ${kind}`)]),
  ];
  if (wrong.length > 0) return failed('verdict', 'the rules decide otherwise', wrong);
  const note = `${verdict.kind} "${verdict.choice.slice(0, 80)}" again`;
  return passed('verdict', isStopped ? `${note}; then the runtime refused: ${checks.at(-1)!.got}` : note);
}

function callsStep(decision: Decision, verdict: RulesVerdict, { blobs, damaged }: InputBlobs): ReplayStep {
  const { act, inputs, kind } = decision;
  const wrong: Difference[] = [];
  if (kind === 'intent' && act !== null) {
    const recorded = act.calls.map(({ to, selector, dataSha256 }) => ({
      to: to.toLowerCase(),
      selector,
      dataSha256,
    }));
    const computed = verdict.calls.map(({ to, data }) => ({
      to: to.toLowerCase(),
      selector: data.slice(0, 10),
      dataSha256: blobHashOf(hexToBytes(data)),
    }));
    wrong.push(...differencesOf(recorded, computed, 'act.calls'));
  }
  const kept = inputs.find(({ name }) => name === 'calls');
  const bytes = kept && blobs.get(kept.sha256);
  /** Whether what is kept was compared: the hash of a private blob tells nothing without the blob. */
  let isCompared = kind === 'intent';
  if (kept !== undefined) {
    const text = JSON.stringify(verdict.calls.map(({ to, data }) => ({ to, data })));
    const sha256 = blobHashOf(new TextEncoder().encode(text));
    const got = !kept.isPrivate ? kept.sha256 : bytes && blobHashOf(openPrivate(bytes));
    if (verdict.calls.length === 0) wrong.push(difference('inputs "calls"', kept.sha256, 'no calls'));
    else if (got !== undefined && got !== sha256) {
      wrong.push(difference('inputs "calls"', got, `${sha256} (${text.slice(0, 120)})`));
    }
    if (got !== undefined) isCompared = true;
  }
  if (wrong.length > 0) return failed('calls', 'the rules ask for other calls', wrong);
  if (verdict.calls.length === 0) return passed('calls', 'there are none');
  if (!isCompared) return skipped('calls', 'the record does not say which, or not any more');
  const isAtHand = bytes !== undefined || damaged.length > 0;
  return passed(
    'calls',
    `${verdict.calls.length} of them, byte for byte${isAtHand ? '' : ' by their hashes'}`,
  );
}

/**
 * Runs a decision again from its record: its inputs, its rules, its model, all by the hashes in it, in the same sandbox in
 * which it was taken. Needs nothing of the agent's: no installation, no key, no server that is trusted.
 *
 * What a replay cannot know, because the rules do not decide it, is not in the report: who signed, the order of the journal,
 * where an input came from. A receipt and an audit are about those.
 * @throws whatever `blob` throws; LichenError `bad-input` never: the report says what is wrong
 * @example
 * ```ts
 * const { grade, isSame, steps } = await replayDecision({ decision, blob: async (sha256) => blobs.get(sha256) });
 * ```
 */
export async function replayDecision({ decision, blob, askAgain }: ReplayParameters): Promise<ReplayReport> {
  const form = formOf(decision);
  const read = await readInputBlobs(blob, decision.inputs);
  const first = inputsStep(decision, read);
  const why = whyNothingToRun(decision);
  if (why !== undefined) {
    const wrong = decision.kind === 'intent' ? form.filter(({ path }) => path !== 'refersTo') : form;
    const verdict =
      wrong.length > 0
        ? failed('verdict', `that is no ${decision.kind}`, wrong)
        : skipped('verdict', `nothing to run again: ${why}`);
    const rest = (['rules', 'model'] as const).map((name) => skipped(name, 'not asked'));
    const steps = [first, ...rest, verdict, skipped('calls', 'none to compare')];
    return { grade: null, isSame: steps.every(({ state }) => state !== 'failed'), steps };
  }

  const opened = await rulesOf(decision, blob);
  const report = (steps: ReplayStep[], grade: ReplayReport['grade']): ReplayReport => ({
    grade,
    isSame:
      steps.every(({ state }) => state !== 'failed') &&
      steps.some(({ name, state }) => name === 'verdict' && state === 'passed') &&
      (grade !== 'C' || steps.some(({ name, state }) => name === 'model' && state === 'passed')),
    steps,
  });
  const unrun = (reason: string) => [
    skipped('model', reason),
    skipped('verdict', reason),
    skipped('calls', reason),
  ];
  if (opened.rules === undefined) {
    return report([first, opened.step, ...unrun('without the rules nothing can be run')], null);
  }
  try {
    const seen = decision.inputs.filter(isRulesInput);
    const lost = seen.find(({ sha256 }) => !read.blobs.has(sha256));
    if (lost !== undefined) {
      const reason = `without ${JSON.stringify(lost.name)} nothing can be run`;
      return report([first, opened.step, ...unrun(reason)], null);
    }
    let context: RulesContext;
    try {
      context = contextOf(decision, read.blobs);
    } catch (error) {
      const step = failed('inputs', 'no rules can be given these', [
        difference('inputs', reasonOf(error), 'inputs that are what they say'),
      ]);
      return report([step, opened.step, ...unrun('without inputs nothing can be run')], null);
    }
    const ran = await run(opened.rules, context, { decision, blob, askAgain }, read, form);
    return report([first, opened.step, ...ran.steps], ran.grade);
  } finally {
    opened.rules.dispose();
  }
}

/** Calls the rules: their answer, or why there is none. What else goes wrong is not theirs and is thrown. */
function attempt<Value>(work: () => Value): { readonly value: Value } | { readonly error: LichenError } {
  try {
    return { value: work() };
  } catch (error) {
    if (isLichenError(error) && ['bad-input', 'timeout', 'internal'].includes(error.code)) return { error };
    throw error;
  }
}

async function run(
  rules: Rules,
  context: RulesContext,
  { decision, blob, askAgain }: ReplayParameters,
  read: InputBlobs,
  form: Difference[],
): Promise<{ steps: ReplayStep[]; grade: ReplayReport['grade'] }> {
  const isFailureRecorded = earlyStageOf(decision) === 'rules';
  const noCalls = skipped('calls', 'there is no verdict');

  /** The rules gave no answer: as recorded, against the record, or because of this machine. */
  function afterFailure(error: LichenError, step: ReplayStep, grade: ReplayReport['grade']) {
    if (error.code === 'internal') {
      const verdict = skipped('verdict', `it cannot be run here: ${reasonOf(error)}`);
      return { steps: [step, verdict, noCalls], grade: null };
    }
    const wrong = isFailureRecorded ? form : [difference('kind', decision.kind, reasonOf(error)), ...form];
    const verdict =
      wrong.length === 0
        ? passed('verdict', `the rules fail again: ${reasonOf(error)}`)
        : failed('verdict', isFailureRecorded ? 'that is no refusal' : 'the rules fail', wrong);
    return { steps: [step, verdict, noCalls], grade };
  }

  const question = attempt(() => rules.modelInput(context));
  if ('error' in question)
    return afterFailure(question.error, skipped('model', 'the rules fail before'), 'A');
  const { step, grade, output } = await replayModel(decision, question.value, blob, read.blobs, askAgain);
  if (isFailureRecorded && question.value !== null && decision.model === null) {
    const reason = 'by the record the rules failed, before or after they asked a model: it does not say';
    return { steps: [step, skipped('verdict', reason), noCalls], grade: null };
  }
  if (output === undefined) {
    const reason = 'without the output of the model nothing can be run';
    return { steps: [step, skipped('verdict', reason), noCalls], grade: null };
  }
  const decided = attempt(() => rules.decide(context, output));
  if ('error' in decided) return afterFailure(decided.error, step, grade);
  const verdict = decided.value;
  if (isFailureRecorded) {
    const got = difference(
      'checks.0',
      'the rules failed',
      `${verdict.kind} "${verdict.choice.slice(0, 120)}"`,
    );
    return { steps: [step, failed('verdict', 'the rules decide otherwise', [got]), noCalls], grade };
  }
  const steps = [step, verdictStep(decision, verdict, output, form), callsStep(decision, verdict, read)];
  return { steps, grade };
}
