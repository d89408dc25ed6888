import { type Execution, mandateIdOf, type Terms } from '@lichen/protocol';
import { type Address, type Hex, isAddressEqual } from 'viem';
import { type AccountEvent, operationTopic, type UsedEvent } from './accountEvents.ts';
import type { ChainReader, ChainReceipt, ChainTransaction } from './chainReader.ts';
import { type DecodedAct, decodeActs, validatorOf } from './decodeActs.ts';
import { transfersOf } from './transfersOf.ts';

/** One use of a mandate of the agent that the chain has, with what is known of it. */
export interface ChainAct {
  readonly id: Hex;
  readonly intent: Hex;
  readonly transaction: Hex;
  readonly block: number;
  readonly logIndex: number;
  /** Unix seconds. */
  readonly time: number;
  readonly uses: readonly UsedEvent[];
  /** `key`: the agent's own transaction; `operation`: it signed one; `account`: the owner did; `unknown`: not to be read. */
  readonly by: 'key' | 'operation' | 'account' | 'unknown';
  /** Of the transaction, where it is the agent's own. */
  readonly nonce: number | null;
  /** The calls as they were made; absent where the transaction does not show them. */
  readonly calls: readonly Execution[] | undefined;
  /** What moved by it, by asset name, base units. */
  readonly moved: ReadonlyMap<string, bigint>;
}

export interface ReadActs {
  /** Acts of the agent's mandates, in order. */
  readonly acts: readonly ChainAct[];
  readonly actsOfOthers: number;
  /** Terms by mandate id, as events, the auditor and transactions tell them. */
  readonly terms: ReadonlyMap<Hex, Terms>;
  /** Ids of mandates of the agent. */
  readonly own: ReadonlySet<Hex>;
  /** Transactions that were read on the way, by hash. */
  readonly transactions: ReadonlyMap<Hex, ChainTransaction>;
}

export interface ReadActsInit {
  readonly chain: ChainReader;
  readonly chainId: number;
  readonly agent: Address;
  readonly account: Address;
  readonly executor: Address;
  readonly validator: Address | undefined;
  readonly events: readonly AccountEvent[];
  /** Mandates that the auditor knows from elsewhere. */
  readonly mandates: readonly Terms[];
  /** Epoch of the account now. */
  readonly epoch: bigint;
  readonly onAct: () => void;
}

/** Epochs that are tried for terms whose grant no event shows. */
const mostEpochs = 64n;

function idsOf(account: Address, epoch: bigint, terms: Terms): Hex[] {
  const first = epoch > mostEpochs ? epoch - mostEpochs : 0n;
  return Array.from({ length: Number(epoch - first) + 1 }, (_, at) =>
    mandateIdOf(account, first + BigInt(at), terms),
  );
}

/** The use that an asked act became, if these events are its own: one for each call, in order. */
function isUse(act: DecodedAct, events: readonly UsedEvent[]): boolean {
  return (
    events.length === act.calls.length &&
    act.calls.every(({ target, callData }, at) => {
      const event = events[at]!;
      return (
        event.intent === act.intent.toLowerCase() &&
        isAddressEqual(event.target, target) &&
        event.selector === callData.slice(0, 10).toLowerCase()
      );
    })
  );
}

/** Events of one transaction put to the acts that it asked for; what cannot be put anywhere stays without calls. */
function groupsOf(
  events: readonly UsedEvent[],
  asked: readonly DecodedAct[],
): { uses: UsedEvent[]; act: DecodedAct | undefined }[] {
  const groups: { uses: UsedEvent[]; act: DecodedAct | undefined }[] = [];
  let next = 0;
  for (let at = 0; at < events.length; ) {
    // Those between were refused and left no events.
    const found = asked.findIndex(
      (act, index) => index >= next && isUse(act, events.slice(at, at + act.calls.length)),
    );
    if (found >= 0) {
      const act = asked[found]!;
      groups.push({ uses: events.slice(at, at + act.calls.length), act });
      at += act.calls.length;
      next = found + 1;
      continue;
    }
    const { id, intent } = events[at]!;
    let end = at + 1;
    while (end < events.length && events[end]!.id === id && events[end]!.intent === intent) end += 1;
    groups.push({ uses: events.slice(at, end), act: undefined });
    at = end;
  }
  return groups;
}

/** The logs of the operation that a log belongs to; all of them where the transaction is no bundle. */
function logsAround(receipt: ChainReceipt, logIndex: number): ChainReceipt['logs'] {
  const ends = receipt.logs.filter(({ topics }) => topics[0] === operationTopic).map((log) => log.logIndex);
  if (ends.length === 0) return receipt.logs;
  const from = ends.filter((end) => end < logIndex).at(-1) ?? -1;
  const to = ends.find((end) => end > logIndex) ?? Number.MAX_SAFE_INTEGER;
  return receipt.logs.filter((log) => log.logIndex > from && log.logIndex < to);
}

/**
 * Every use of the agent's mandates of the account, read out of its transaction: calls, who signed, what moved.
 * @throws LichenError `chain-unreachable`, `timeout`
 */
export async function readActs(init: ReadActsInit): Promise<ReadActs> {
  const { chain, chainId, agent, account, executor, validator, events } = init;
  const terms = new Map<Hex, Terms>();
  const own = new Set<Hex>();
  const others = new Set<Hex>();
  const learn = (id: Hex, known: Terms) => {
    terms.set(id, known);
    (isAddressEqual(known.agent, agent) ? own : others).add(id);
  };
  for (const event of events) if (event.name === 'MandateGranted') learn(event.id, event.terms);
  for (const known of init.mandates) for (const id of idsOf(account, init.epoch, known)) learn(id, known);

  const byTransaction = new Map<Hex, UsedEvent[]>();
  for (const event of events) {
    if (event.name !== 'MandateUsed') continue;
    const list = byTransaction.get(event.transaction);
    if (list === undefined) byTransaction.set(event.transaction, [event]);
    else list.push(event);
  }
  const transactions = new Map<Hex, ChainTransaction>();
  let actsOfOthers = 0;

  async function actsIn(hash: Hex, uses: readonly UsedEvent[]): Promise<ChainAct[]> {
    if (uses.every(({ id }) => others.has(id))) {
      actsOfOthers += new Set(uses.map(({ id, intent }) => `${id}${intent}`)).size;
      return [];
    }
    const [transaction, receipt] = await Promise.all([chain.transaction(hash), chain.receipt(hash)]);
    if (transaction !== undefined) transactions.set(hash, transaction);
    const asked = (transaction === undefined ? [] : decodeActs(transaction, executor)).filter((act) =>
      isAddressEqual(act.account, account),
    );
    const found: ChainAct[] = [];
    for (const { uses: made, act } of groupsOf(uses, asked)) {
      const { id, intent, block, logIndex, time } = made[0]!;
      if (!terms.has(id) && act !== undefined && idsOf(account, init.epoch, act.terms).includes(id)) {
        learn(id, act.terms);
      }
      if (others.has(id)) {
        actsOfOthers += 1;
        continue;
      }
      const isOwnKey = act?.by === 'key';
      const isOwners =
        act?.operationNonce !== undefined &&
        validator !== undefined &&
        !isAddressEqual(validatorOf(act.operationNonce), validator);
      found.push({
        id,
        intent,
        transaction: hash,
        block,
        logIndex,
        time,
        uses: made,
        by: act === undefined ? 'unknown' : isOwners ? 'account' : act.by,
        nonce: isOwnKey ? transaction!.nonce : null,
        calls: act?.calls,
        moved:
          receipt === undefined ? new Map() : transfersOf(chainId, account, logsAround(receipt, logIndex)),
      });
    }
    for (const _ of found) init.onAct();
    return found;
  }
  const lists = await Promise.all([...byTransaction].map(([hash, uses]) => actsIn(hash, uses)));
  const acts = lists.flat().sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
  return { acts, actsOfOthers, terms, own, transactions };
}
