import type { RecordedDecision } from '@lichen/journal';
import { type AgentCore, blankDraft, type Gate } from './core.ts';
import { isCertain, performIntent, recordOutcome } from './performIntent.ts';
import { reasonOf } from './reasonOf.ts';
import type { ActOutcome, NonceToTake } from './types.ts';
import { Interrupted, withDeadline } from './withDeadline.ts';

/** Uncertain outcomes that this process has recorded already, by intent: the same doubt is recorded once. */
export type Doubts = Map<string, string>;

/**
 * Intents that exclude each other, since they have the same nonce, newest first: what takes a nonce from an act is younger
 * than the act, and tells what the others can still come to.
 */
function groupsOf(intents: readonly RecordedDecision[]): RecordedDecision[][] {
  const groups = new Map<string, RecordedDecision[]>();
  for (const intent of intents) {
    const { act } = intent.decision;
    const key = act?.nonce == null ? intent.leafHash : `${act.chainId} ${act.nonce}`;
    groups.set(key, [intent, ...(groups.get(key) ?? [])]);
  }
  return [...groups.values()];
}

/**
 * The block at which the oldest of a group was checked: none of them can have landed before. What takes a nonce has no calls
 * that were checked, and is younger than the act whose nonce it takes.
 */
function firstBlockOf(group: readonly RecordedDecision[]): number | undefined {
  const blocks = group.flatMap(({ decision }) => {
    const checked = decision.inputs.find(({ name }) => name === 'calls')?.provenance;
    return checked?.by === 'chain' ? [checked.block] : [];
  });
  return blocks.length === 0 ? undefined : Math.min(...blocks);
}

async function ask(
  core: AgentCore,
  gate: Gate,
  intent: RecordedDecision,
  fromBlock: number | undefined,
): Promise<ActOutcome | NonceToTake> {
  const { reconcileMs } = core.deadlines;
  try {
    const read = () => core.actor.reconcile(intent, fromBlock);
    return await withDeadline('Reading what became of an intent', reconcileMs, read, gate.signal);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return {
      result: { block: null, reason: reasonOf(error), status: 'unknown', transaction: null },
      amounts: [],
    };
  }
}

/** Records an outcome; of the same doubt about the same intent only the first. */
async function conclude(core: AgentCore, doubts: Doubts, intent: RecordedDecision, outcome: ActOutcome) {
  if (!isCertain(outcome)) {
    const { status, reason } = outcome.result;
    const doubt = `${status} ${reason}`;
    core.log(`intent ${intent.leafHash} stays open: ${status}, ${reason}`);
    if (doubts.get(intent.leafHash) === doubt) return;
    await recordOutcome(core, intent, outcome);
    doubts.set(intent.leafHash, doubt);
    return;
  }
  await recordOutcome(core, intent, outcome);
  doubts.delete(intent.leafHash);
}

/** Records an intent of its own for what takes the nonce, then has it done. */
async function takeNonce(
  core: AgentCore,
  gate: Gate,
  doubts: Doubts,
  dropped: RecordedDecision,
  { takesNonce }: NonceToTake,
): Promise<boolean> {
  const taking = await core.decisions.record({
    ...blankDraft(core),
    act: takesNonce.act,
    choice: 'take the nonce',
    kind: 'intent',
    refersTo: dropped.leafHash,
    task: 'drop an act',
  });
  await core.point('nonce-intent-recorded');
  const outcome = await performIntent(core, gate, taking, takesNonce);
  await conclude(core, doubts, taking, outcome);
  return isCertain(outcome);
}

/**
 * Asks about every open intent and records what became of it. True when none is open any more. While the gate is closed
 * nothing is signed, so that an act that may still land stays open.
 * @throws LichenError `disk-full`; Interrupted when the agent is told to stop while it reads
 */
export async function reconcileIntents(core: AgentCore, gate: Gate, doubts: Doubts): Promise<boolean> {
  for (const group of groupsOf(core.decisions.openIntents())) {
    const fromBlock = firstBlockOf(group);
    for (const intent of group) {
      await core.point('reconciling');
      let found = await ask(core, gate, intent, fromBlock);
      if ('takesNonce' in found && gate.isOpen()) {
        const isTaken = await takeNonce(core, gate, doubts, intent, found);
        if (!isTaken) break;
        found = await ask(core, gate, intent, fromBlock);
      }
      if ('takesNonce' in found) {
        core.log(`intent ${intent.leafHash} stays open: it can still land`);
        break;
      }
      await conclude(core, doubts, intent, found);
      await core.point('reconciled');
      if (!isCertain(found)) break;
    }
  }
  return core.decisions.openIntents().length === 0;
}
