import { mandateExecutorAbi } from '@lichen/contracts';
import {
  type CheckedEntry,
  checkJournal,
  type JournalReport,
  LichenError,
  parseCheckpointText,
  parseNote,
} from '@lichen/protocol';
import { bytesToHex, hexToBytes, isAddressEqual } from 'viem';
import { readAccountEvents, readAnchoredHeads, readOperations } from '../audit/accountEvents.ts';
import { collectFindings, findingOfJournal } from '../audit/auditFinding.ts';
import {
  type AuditCheck,
  type AuditOptions,
  type AuditReport,
  type AuditSource,
  auditParts,
} from '../audit/auditReport.ts';
import { createChainReader, readHead } from '../audit/chainReader.ts';
import { checkActs } from '../audit/checkActs.ts';
import { checkBounds } from '../audit/checkBounds.ts';
import { createInputChecker } from '../audit/checkInputs.ts';
import { checkOutcomes } from '../audit/checkOutcomes.ts';
import { checkTransactions } from '../audit/checkTransactions.ts';
import { createStopwatch } from '../audit/createStopwatch.ts';
import { createJournalMemory, type JournalMemory } from '../audit/journalMemory.ts';
import { moneyOf } from '../audit/moneyOf.ts';
import { type ReadActs, readActs } from '../audit/readActs.ts';
import { readWitnessedHead } from '../audit/readWitnessedHead.ts';
import { samplerOf } from '../audit/samplerOf.ts';
import { signatureCheckOf } from '../audit/signatureCheckOf.ts';
import { timelineOf } from '../audit/timelineOf.ts';
import { onChain } from '../client/toLichenError.ts';

const defaults = {
  inputs: 1_000,
  toleranceMs: 60_000,
  deadlineMs: 600_000,
  outcomeMs: 120_000,
  anchorMs: 600_000,
  requests: 64,
  mostFindings: 1_000,
};

/** Entries that a head claims; 0 where it is none. What is wrong with it is found later. */
function sizeOf(head: Uint8Array | undefined): number {
  try {
    return parseCheckpointText(parseNote(new TextDecoder().decode(head ?? new Uint8Array())).text).size;
  } catch {
    return 0;
  }
}

/**
 * Audits an agent: its whole journal, every act of its mandates on the chain, every transaction that its key ever sent, and
 * each against the other. Nothing is believed to the operator; what the node says of the chain is. docs/spec/audit.md
 *
 * The chain is read first, up to its last block at that moment, and the journal after it, which may have grown by then: an
 * act is never newer than the head that has to explain it, since an agent signs the head over an intent before it acts.
 * @throws LichenError `wrong-chain` when the executor is not on the chain, `chain-unreachable`, `timeout`, `bad-input` for a
 * key that is none; whatever `read` throws
 * @example
 * const { isClean, findings } = await auditAgent({ chain, read, vkey, agent, account, mandateExecutor, anchor });
 */
export async function auditAgent(source: AuditSource, options: AuditOptions = {}): Promise<AuditReport> {
  const {
    agent,
    account,
    mandateExecutor: executor,
    anchor,
    entryPoint,
    mandateValidator: validator,
  } = source;
  const toleranceMs = options.toleranceMs ?? defaults.toleranceMs;
  const deadlineMs = options.deadlineMs ?? defaults.deadlineMs;
  const now = (options.now ?? Date.now)();
  const hash = options.hash;
  const { find, list } = collectFindings(options.mostFindings ?? defaults.mostFindings);
  const chain = createChainReader(source.chain, options.requests ?? defaults.requests);
  const watch = createStopwatch(options.onProgress);
  const from = Number(source.fromBlock ?? 0n);

  const onTheChain = await watch.part('chain', undefined, async () => {
    const [chainId, head, code, epoch] = await Promise.all([
      onChain(source.chain.getChainId()),
      readHead(source.chain),
      onChain(source.chain.getCode({ address: executor })),
      onChain(
        source.chain
          .readContract({
            address: executor,
            abi: mandateExecutorAbi,
            functionName: 'epochOf',
            args: [account],
          })
          .catch(() => 0n),
      ),
    ]);
    if (code === undefined) {
      throw new LichenError(
        'wrong-chain',
        'There is no executor of mandates at that address of this chain.',
        {
          got: `no code at ${executor} on chain ${chainId}`,
          next: 'Name the node of the chain that the agent acts on.',
          retry: 'after-fix',
        },
      );
    }
    const writer = source.anchorWriter ?? agent;
    const [events, operations, heads] = await Promise.all([
      readAccountEvents(chain, executor, account, from, head.number),
      entryPoint === undefined ? [] : readOperations(chain, entryPoint, account, from, head.number),
      anchor === undefined ? [] : readAnchoredHeads(chain, anchor, writer, 0, head.number),
    ]);
    return { chainId, head, epoch, events, operations, heads, writer };
  });
  const { chainId, head, events, operations, heads } = onTheChain;
  const uses = events.filter(({ name }) => name === 'MandateUsed').length;

  const read: ReadActs = await watch.part('acts', uses, (step) =>
    readActs({
      chain,
      chainId,
      agent,
      account,
      executor,
      validator,
      events,
      mandates: source.mandates ?? [],
      epoch: onTheChain.epoch,
      onAct: step,
    }),
  );

  const checkpoint = await watch.part('journal', undefined, () =>
    readWitnessedHead(source, options.headWaitMs ?? 0),
  );
  const size = sizeOf(checkpoint);
  const memory: JournalMemory = createJournalMemory(
    `eip155:${chainId}:${agent.toLowerCase()}`,
    chainId,
    find,
  );
  const inputs = createInputChecker({
    chain,
    chainId,
    blob: (sha256) => source.read(`blob/${sha256}`),
    hash,
    signature: signatureCheckOf(chainId, source.market),
    toleranceMs,
    find,
    replayOne: options.replayOne,
    atOnce: 16,
  });
  const isLooked = samplerOf(options.inputs ?? defaults.inputs, size);
  const isReplayed = samplerOf(options.replay ?? 0, size);
  const journal: JournalReport = await watch.part('journal', size, async (step) => {
    const report = await checkJournal({
      read: async (path) => (path === 'checkpoint' ? checkpoint : source.read(path)),
      vkey: source.vkey,
      anchors: heads.map(({ size: entries, root, block }) => ({
        size: entries,
        root: hexToBytes(root),
        where: `block ${block}`,
      })),
      ...(source.policy === undefined ? {} : { policy: source.policy }),
      ...(hash === undefined ? {} : { hash }),
      onEntry: (index, entry, leafHash, { decision }: CheckedEntry) => {
        step();
        if (decision === undefined) return;
        memory.take(index, decision, leafHash);
        const replay = isReplayed(index);
        if (!replay && !isLooked(index)) return;
        return inputs.check(index, entry, decision, leafHash, { inputs: true, replay });
      },
    });
    await inputs.done();
    return report;
  });
  for (const finding of journal.findings) find(findingOfJournal(finding));

  const headTime = head.time * 1_000;
  const { byIntent, order } = checkActs({
    acts: read.acts,
    memory,
    account,
    chainId,
    heads: anchor === undefined ? [] : heads,
    isAnchorKnown: anchor !== undefined,
    toleranceMs,
    anchorMs: options.anchorMs ?? defaults.anchorMs,
    headTime,
    hash,
    find,
  });

  const outcomes = await watch.part('outcomes', memory.intents.size, (step) =>
    checkOutcomes({
      chain,
      chainId,
      agent,
      account,
      executor,
      memory,
      byIntent,
      assetOf: (mandate) => read.terms.get(mandate)?.asset,
      deadlineMs,
      toleranceMs,
      outcomeMs: options.outcomeMs ?? defaults.outcomeMs,
      now,
      find,
      onIntent: step,
    }),
  );

  const sent = await watch.part('transactions', undefined, (step) =>
    checkTransactions({
      chain,
      chainId,
      agent,
      account,
      executor,
      anchor,
      ownHeads: isAddressEqual(onTheChain.writer, agent) ? heads : [],
      operations,
      validator,
      memory,
      hash,
      acts: new Set(read.acts.map(({ transaction }) => transaction)),
      known: [read.transactions, outcomes.transactions],
      from,
      to: head.number,
      find,
      onNonce: step,
    }),
  );

  await watch.part('bounds', events.length, () =>
    checkBounds({ events, terms: read.terms, own: read.own, find }),
  );

  const findings = list();
  const isReplay = (options.replay ?? 0) !== 0;
  return {
    agent,
    account,
    chainId,
    at: now,
    blocks: { from, to: head.number, time: headTime },
    journal: {
      origin: journal.origin,
      size: journal.size,
      root: bytesToHex(journal.root).slice(2),
      anchored: journal.anchored?.size ?? 0,
      witnessedBy: journal.witnessedBy,
    },
    counts: {
      decisions: Object.values(memory.kinds).reduce((sum, count) => sum + count, 0),
      kinds: memory.kinds,
      acts: read.acts.length,
      calls: read.acts.reduce((sum, act) => sum + act.uses.length, 0),
      transactions: sent.sent,
      anchors: sent.anchors,
      sought: sent.sought,
      mandates: read.own.size,
      actsOfOthers: read.actsOfOthers,
      operationsOfAccount: sent.operationsOfAccount,
      inputsOf: inputs.counts.decisions,
      blobs: inputs.counts.blobs,
    },
    money: moneyOf(chainId, read, outcomes.claimed),
    checks: checksOf(),
    findings,
    ...(isReplay ? { replay: inputs.replays } : {}),
    timeline: timelineOf(memory, read.acts, heads),
    took: Object.fromEntries(
      auditParts.map((name) => [name, Math.round(watch.took[name])]),
    ) as AuditReport['took'],
    isClean: findings.every(({ severity }) => severity !== 'fault'),
  };

  function checksOf(): AuditCheck[] {
    const { counts } = inputs;
    const acts = read.acts.length;
    const all = order.before + order.after + order.never;
    const unreadable = read.acts.filter(({ calls }) => calls === undefined).length;
    const check = (name: AuditCheck['name'], state: AuditCheck['state'], note: string): AuditCheck => ({
      name,
      state,
      note,
    });
    return [
      check(
        'journal',
        journal.proven === journal.size ? 'checked' : 'partly',
        `${journal.proven} of ${journal.size} entries proven to be under the signed head`,
      ),
      anchor === undefined
        ? check('anchors', 'skipped', 'no anchor contract was named')
        : check(
            'anchors',
            'checked',
            `${heads.length} heads on the chain, the largest agreed of ${journal.anchored?.size ?? 0} entries`,
          ),
      source.policy === undefined
        ? check('witnesses', 'skipped', 'no trust policy was given')
        : check(
            'witnesses',
            'checked',
            `${journal.witnessedBy.length} witnesses signed the head: ${journal.witnessedBy.join(', ') || 'none'}`,
          ),
      check(
        'acts',
        unreadable === 0 ? 'checked' : 'partly',
        `${acts} acts under ${read.own.size} mandates in blocks ${from} to ${head.number}${unreadable === 0 ? '' : `; the calls of ${unreadable} cannot be seen`}`,
      ),
      check(
        'transactions',
        sent.unseen === 0 ? 'checked' : 'partly',
        `${sent.sent} transactions of the agent’s key, ${sent.sought} of them looked for by their nonce${sent.unseen === 0 ? '' : `; ${sent.unseen} not seen`}${entryPoint === undefined || validator === undefined ? '; failed operations were not looked at' : ''}`,
      ),
      check('outcomes', 'checked', `${memory.intents.size} intents with their outcomes`),
      check(
        'amounts',
        outcomes.amountsCompared === 0 && acts > 0 ? 'skipped' : 'checked',
        `${outcomes.amountsCompared} outcomes compared with the chain’s transfers`,
      ),
      check(
        'bounds',
        read.own.size === 0 && acts > 0 ? 'skipped' : 'checked',
        'amounts, periods, calls, functions, times, pauses and budgets, counted again from events',
      ),
      anchor === undefined
        ? check('order', 'skipped', 'no anchor contract was named')
        : check(
            'order',
            order.never === 0 ? 'checked' : 'partly',
            `of ${all} intents ${order.before} were on the chain before their act, ${order.after} after it, ${order.never} not yet`,
          ),
      check(
        'inputs',
        memory.kinds.intent + memory.kinds.refusal > 0 && counts.decisions === 0
          ? 'skipped'
          : counts.decisions < journal.size
            ? 'partly'
            : 'checked',
        `${counts.blobs} blobs of ${counts.decisions} decisions, ${counts.readings} readings of the chain`,
      ),
      check(
        'signatures',
        counts.signatures + counts.unknownSignatures === 0
          ? 'skipped'
          : counts.unknownSignatures === 0
            ? 'checked'
            : 'partly',
        counts.signatures + counts.unknownSignatures === 0
          ? 'no input that was looked at was trusted by a signature'
          : `${counts.signatures} verified; ${counts.unknownSignatures} of a scheme that is not known here`,
      ),
      isReplay
        ? check(
            'replay',
            isComplete(inputs.replays) ? 'checked' : 'partly',
            `grade A ${inputs.replays.A}, grade B ${inputs.replays.B}, otherwise ${inputs.replays.failed}, nothing to run ${inputs.replays.skipped}`,
          )
        : check('replay', 'skipped', 'not asked for'),
    ];
  }

  function isComplete(replays: typeof inputs.replays): boolean {
    return options.replay === 'all' && replays.C === 0;
  }
}
