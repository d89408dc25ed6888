import type { RecordedDecision } from '@lichen/journal';
import { isLichenError } from '@lichen/protocol';
import { type AgentCore, blankDraft, type Gate } from './core.ts';
import { intentHashOf } from './intentHash.ts';
import { keepInput } from './keepInputs.ts';
import { reasonOf, shortText } from './reasonOf.ts';
import { runtimeCheck } from './runtimeChecks.ts';
import type { ActOutcome, AgentInit, PreparedAct } from './types.ts';
import { withDeadline } from './withDeadline.ts';

function notSigned(reason: string): ActOutcome {
  return {
    result: { block: null, reason: `not signed: ${reason}`, status: 'failed', transaction: null },
    amounts: [],
  };
}

/** Whether nothing more can become of the act. */
export function isCertain({ result }: Pick<ActOutcome, 'result'>): boolean {
  return result.status === 'settled' || result.status === 'failed';
}

/**
 * Has a recorded intent carried out, once. Never throws: an act of which nobody can say what became is `unknown`, and the
 * chain is asked later.
 */
export async function performIntent(
  core: AgentCore,
  gate: Gate,
  intent: RecordedDecision,
  prepared: PreparedAct,
  beforeAct?: AgentInit['beforeAct'],
): Promise<ActOutcome> {
  const { beforeActMs, actMs } = core.deadlines;
  if (!gate.isOpen()) return notSigned(gate.reason());
  try {
    const run = async () => {
      // Whoever sees the act on the chain and reads the journal after it finds its intent under a signed head.
      await core.decisions.journal.checkpoint();
      await beforeAct?.(intent, intent.decision.amounts);
    };
    await withDeadline('What comes before the act', beforeActMs, run, gate.signal);
  } catch (error) {
    return notSigned(gate.isOpen() ? reasonOf(error) : gate.reason());
  }
  await core.point('before-act');
  if (!gate.isOpen()) return notSigned(gate.reason());

  // A pause stops the signature, not the wait for what was signed: hence no `parent` here.
  const stopSigning = new AbortController();
  const onClose = () => stopSigning.abort();
  gate.signal.addEventListener('abort', onClose, { once: true });
  try {
    return await withDeadline('The act', actMs, (signal) => {
      signal.addEventListener('abort', onClose, { once: true });
      return prepared.perform(intentHashOf(intent), stopSigning.signal);
    });
  } catch (error) {
    return {
      result: { block: null, reason: reasonOf(error), status: 'unknown', transaction: null },
      amounts: [],
    };
  } finally {
    stopSigning.abort();
    gate.signal.removeEventListener('abort', onClose);
  }
}

/**
 * Records what became of an intent. Where the actor's words have no form that a decision can take, its status is recorded
 * without them: an outcome must not stay out of the journal.
 * @throws LichenError `disk-full`: the intent stays open
 */
export async function recordOutcome(
  core: AgentCore,
  intent: RecordedDecision,
  outcome: ActOutcome,
): Promise<RecordedDecision> {
  const draft = {
    ...blankDraft(core),
    choice: intent.decision.choice,
    kind: 'outcome',
    refersTo: intent.leafHash,
    task: intent.decision.task,
  } as const;
  const { result, amounts, inputs = [] } = outcome;
  const kept = inputs.map((input) => keepInput(core.decisions, input));
  const reason = shortText(result.reason);
  let recorded: RecordedDecision;
  try {
    recorded = await core.decisions.record({
      ...draft,
      amounts,
      inputs: kept,
      result: { ...result, reason },
    });
  } catch (error) {
    if (!isLichenError(error) || error.code !== 'bad-input') throw error;
    recorded = await core.decisions.record({
      ...draft,
      checks: [runtimeCheck('record', reasonOf(error), 'a decision as docs/spec/decision.md has it')],
      result: { ...result, reason },
    });
  }
  await core.point('outcome-recorded');
  return recorded;
}
