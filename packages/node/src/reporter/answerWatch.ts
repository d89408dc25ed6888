import { flightTopic } from '@lichen/protocol';
import { type LichenAddresses, oracleAbi, playDollarAbi } from '@lichen/sdk';
import { encodeFunctionData, type Hex, hexToBigInt, maxUint256, type PublicClient, zeroHash } from 'viem';
import type { ChainFollower, TrackedQuestion } from './chainFollower.ts';
import { type Observation, statementFromWire, type WireStatement } from './observation.ts';
import { runRegisteredModel } from './observeQuestion.ts';
import type { Call, Sender } from './transactions.ts';

export interface AnswerWatchComponents {
  readonly client: PublicClient;
  readonly addresses: LichenAddresses;
  readonly follower: ChainFollower;
  readonly sender: Sender;
  readonly account: Hex;
  readonly inputOf: (inputHash: Hex) => Hex | undefined;
  readonly models: Parameters<typeof runRegisteredModel>[0];
  /** What this reporter observes about a question as of a chain second. */
  readonly observe: (question: TrackedQuestion, observedTo: number) => Promise<Observation>;
  /** Statements that were revealed in a round: a source may be away, or say something else, when an answer is disputed. */
  readonly keptStatements: (round: number, questionId: Hex) => readonly WireStatement[];
  readonly log: (line: string) => void;
}

/** Watches accepted answers and contradicts the provably wrong ones within their liveness window. */
export interface AnswerWatch {
  /** Looks at answers accepted since the last look. */
  look(): Promise<void>;
}

/** Statements of distinct sources that agree on one value other than the accepted one. */
export function conflictingStatements(
  statements: readonly WireStatement[],
  accepted: Hex,
  observedTo: number,
): readonly WireStatement[] {
  const value = `${BigInt.asIntN(256, hexToBigInt(accepted))}`;
  const groups = new Map<string, Map<string, WireStatement>>();
  for (const statement of statements) {
    if (statement.value === value || statement.observedAt > observedTo) continue;
    const group = groups.get(statement.value) ?? new Map<string, WireStatement>();
    group.set(statement.source, statement);
    groups.set(statement.value, group);
  }
  const winner = [...groups.values()].find((group) => group.size >= 2);
  return winner === undefined ? [] : [...winner.values()];
}

/** One statement of each source that gives the accepted value. */
export function supportingStatements(
  statements: readonly WireStatement[],
  accepted: Hex,
  observedTo: number,
): readonly WireStatement[] {
  const value = `${BigInt.asIntN(256, hexToBigInt(accepted))}`;
  const bySource = new Map<string, WireStatement>();
  for (const statement of statements) {
    if (statement.value === value && statement.observedAt <= observedTo)
      bySource.set(statement.source, statement);
  }
  return [...bySource.values()];
}

/** Creates the watch of one reporter. */
export function createAnswerWatch(components: AnswerWatchComponents): AnswerWatch {
  const { client, addresses, follower, sender, log } = components;
  const checked = new Map<Hex, number>();
  const defended = new Set<Hex>();

  /** Sends calls when the last of them would succeed now: others may have been faster. */
  async function attempt(what: string, call: Omit<Call, 'gas'>, before: readonly Call[] = []): Promise<void> {
    try {
      for (const prior of before) await sender.send([prior]);
      const gas = await client.estimateGas({ account: components.account, to: call.to, data: call.data });
      const [receipt] = await sender.send([{ ...call, gas: (gas * 3n) / 2n }]);
      log(`${what}: ${receipt?.status ?? 'unknown'}`);
    } catch (error) {
      log(`${what}: not sent (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`);
    }
  }

  async function allowanceCalls(): Promise<Call[]> {
    const allowance = await client.readContract({
      address: addresses.playDollar,
      abi: playDollarAbi,
      functionName: 'allowance',
      args: [components.account, addresses.oracle],
    });
    if (allowance > 10n ** 12n) return [];
    const data = encodeFunctionData({
      abi: playDollarAbi,
      functionName: 'approve',
      args: [addresses.oracle, maxUint256],
    });
    return [{ to: addresses.playDollar, data, gas: 100_000n }];
  }

  async function checkModel(question: TrackedQuestion, value: Hex): Promise<void> {
    const { spec } = question;
    const input = components.inputOf(spec.inputHash);
    if (input === undefined) return;
    const output = await runRegisteredModel(components.models, spec.modelId, spec.inputHash, input);
    if (output === BigInt.asIntN(256, hexToBigInt(value))) return;
    const data = encodeFunctionData({ abi: oracleAbi, functionName: 'disputeModel', args: [spec, input] });
    await attempt(`disputed the model answer of ${question.id}`, { to: addresses.oracle, data });
  }

  async function checkFlight(question: TrackedQuestion, value: Hex, round: number): Promise<void> {
    const observedTo = follower.rounds.get(round)?.observedTo;
    if (observedTo === undefined) return;
    const own = await components.observe(question, observedTo);
    const statements = conflictingStatements(own.statements, value, observedTo).map(statementFromWire);
    if (statements.length < 2) {
      // Live sources sign nothing, and a dispute is decided by signatures: a person has to be told instead.
      if (own.outcome === 0 && own.answer !== value && own.statements.length === 0) {
        log(`the flight answer of ${question.id} is not what two live sources say`);
      }
      return;
    }
    const data = encodeFunctionData({
      abi: oracleAbi,
      functionName: 'disputeEvidence',
      args: [question.spec, statements],
    });
    await attempt(
      `disputed the flight answer of ${question.id}`,
      { to: addresses.oracle, data },
      await allowanceCalls(),
    );
  }

  /** Speaks for a true answer that somebody disputes: without two statements for it, it would end as UNRESOLVED. */
  async function defend(question: TrackedQuestion, value: Hex, round: number): Promise<void> {
    const observedTo = follower.rounds.get(round)?.observedTo;
    if (observedTo === undefined) return;
    const own = await components.observe(question, observedTo);
    const known = [...own.statements, ...components.keptStatements(round, question.id)];
    const statements = supportingStatements(known, value, observedTo).map(statementFromWire);
    if (statements.length < 2) return;
    const data = encodeFunctionData({
      abi: oracleAbi,
      functionName: 'addEvidence',
      args: [question.spec, statements],
    });
    await attempt(`defended the flight answer of ${question.id}`, { to: addresses.oracle, data });
  }

  return {
    look: async () => {
      for (const question of follower.questions.values()) {
        const { answer } = question;
        if (question.status === 'disputed' && answer?.outcome === 0 && question.spec.topic === flightTopic) {
          if (defended.has(question.id)) continue;
          defended.add(question.id);
          if (defended.size > 5_000) defended.clear();
          await defend(question, answer.value, answer.round).catch(() => defended.delete(question.id));
          continue;
        }
        if (question.status !== 'accepted' || answer === undefined || answer.outcome !== 0) continue;
        if (checked.get(question.id) === answer.round) continue;
        checked.set(question.id, answer.round);
        if (checked.size > 5_000) checked.delete(checked.keys().next().value!);
        // The chain may fail for a moment: then the next look tries again while the window is open.
        const look =
          question.spec.modelId !== zeroHash
            ? checkModel(question, answer.value)
            : question.spec.topic === flightTopic
              ? checkFlight(question, answer.value, answer.round)
              : Promise.resolve();
        await look.catch(() => checked.delete(question.id));
      }
    },
  };
}
