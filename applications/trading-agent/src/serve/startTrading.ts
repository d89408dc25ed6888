import { join } from 'node:path';
import { createAgent, createMandateActor, erc20AssetOf } from '@lichen/agent';
import { openDecisionLog } from '@lichen/journal';
import {
  anchorJournal,
  type ChildPart,
  clientOfChain,
  createComplaints,
  createCosignatureGatherer,
  createSender,
  journalIdentityOf,
  repeat,
  startAgentServer,
} from '@lichen/node';
import { type DecisionAmount, LichenError, parseVkey, type Terms, witnessQuorumOf } from '@lichen/protocol';
import { readExportedMandate } from '@lichen/sdk';
import { type Address, bytesToHex, isAddressEqual, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createLedger } from '../book/createLedger.ts';
import { createLiveFeed } from '../feed/createLiveFeed.ts';
import { createObserve } from '../observe/createObserve.ts';
import { modelBlob, rulesBytes, rulesVersion } from '../rules/files.ts';
import { createChainVenue } from '../venue/createChainVenue.ts';
import type { OrderLimits } from '../venue/createPaperVenue.ts';
import { createTurn } from './createTurn.ts';
import { misbehave } from './misbehave.ts';
import type { TradingInit } from './serveInit.ts';
import { equityView, metricsView } from './views.ts';

/** Milliseconds between two looks at the market, two rounds of heads and witnesses, two anchors. */
const defaultPauses = { lookMs: 1_000, headMs: 5_000, anchorMs: 60_000 };
/** pUSD, base units, from which on an act waits until enough witnesses have signed a head with its intent in it. */
export const largeTrade = 1_000_000_000n;

const dollarsOf = (amounts: readonly DecisionAmount[], asset: string): bigint => {
  const sum = amounts
    .filter((amount) => amount.asset === asset)
    .reduce((total, { amount }) => total + BigInt(amount), 0n);
  return sum < 0n ? -sum : sum;
};

/** The most in one order that the mandates allow in each direction. */
function limitsOf({ market }: TradingInit, mandates: readonly Terms[]): OrderLimits {
  const mostOf = (asset: Address) => {
    const amounts = mandates
      .filter((terms) => isAddressEqual(terms.asset, asset))
      .flatMap(({ maxPerPeriod, permissions }) =>
        permissions.map(({ maxAmount }) => (maxAmount < maxPerPeriod ? maxAmount : maxPerPeriod)),
      );
    return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
  };
  return { dollars: mostOf(market.dollar), shares: mostOf(market.share) };
}

/**
 * The trading agent on a chain: it follows the market, decides once a day, trades under its mandates, keeps its journal,
 * shows it to witnesses and anchors it. Started by the supervisor.
 * @throws LichenError `bad-input` for mandates of somebody else, `already-running`, `state-damaged`, `port-in-use`
 */
export async function startTrading(
  init: TradingInit,
  parts: {
    readonly log: (line: string) => void;
    readonly clock?: () => number;
    readonly pauses?: Partial<typeof defaultPauses>;
  },
): Promise<ChildPart> {
  const { log, clock = Date.now } = parts;
  const pauses = { ...defaultPauses, ...parts.pauses };
  // A short day must not pass between two looks.
  const lookMs = Math.min(pauses.lookMs, Math.ceil(init.market.dayMs / 10));
  const key = privateKeyToAccount(init.privateKey);
  const client = clientOfChain({ ...init, label: init.market.label, account: key });
  const chain = client.chain as PublicClient;
  const mandates = init.mandates.map((exported) => readExportedMandate(client, exported));
  const foreign = mandates.find(({ account }) => account.toLowerCase() !== init.account.toLowerCase());
  if (foreign !== undefined) {
    throw new LichenError('bad-input', 'A mandate is of another account.', {
      got: foreign.account,
      expected: init.account,
      retry: 'after-fix',
    });
  }
  const complain = createComplaints(log);
  const folder = join(init.stateDir, 'journal');
  const decisions = await openDecisionLog({
    folder,
    ...journalIdentityOf(init.chainId, key.address, init.privateKey),
    clock,
    onError: complain('journal'),
  });
  const { journal } = decisions;

  const ledger = createLedger(decisions.blobs.get);
  const catchUp = () => {
    for (const recorded of decisions.since(ledger.size())) ledger.add(recorded);
  };
  catchUp();

  const witnesses = init.witnesses.map(({ url, witness }) => ({ url, keys: witness.map(parseVkey) }));
  const gatherer = createCosignatureGatherer(journal, journal.key, witnesses, {
    log,
    // The agent is none of them.
    operators: witnesses.length,
  });
  // As many as the network's trust policy asks for; the agent itself is no operator.
  const needed = witnesses.length === 0 ? 0 : witnessQuorumOf(witnesses.length);
  const anchorAccount = init.anchorKey === undefined ? key : privateKeyToAccount(init.anchorKey);
  const sender = createSender(chain, {
    account: anchorAccount,
    rpcUrl: init.rpcUrl,
    chainId: init.chainId,
  });
  async function anchor(): Promise<void> {
    if (init.anchor === undefined) return;
    await anchorJournal({
      client: chain,
      sender,
      anchor: init.anchor,
      writer: anchorAccount.address,
      journal,
      log,
    });
  }

  const { dollar } = init.market;
  async function beforeAct(_intent: unknown, amounts: readonly DecisionAmount[]): Promise<void> {
    if (dollarsOf(amounts, erc20AssetOf(init.chainId, dollar)) < largeTrade) return;
    if (witnesses.length > 0) {
      const signed = await gatherer.gather();
      if (signed < needed) {
        throw new LichenError('no-quorum', 'Too few witnesses signed a head with this intent.', {
          got: `${signed} of ${witnesses.length}`,
          expected: `at least ${needed}`,
          retry: 'later',
        });
      }
    }
    // The agent's own key has the nonce of this act already: only a key of its own can anchor now.
    if (init.anchorKey !== undefined) await anchor();
  }

  const actor = createMandateActor({
    client,
    account: init.account,
    mandates: mandates.map(({ terms }) => terms),
    clock,
    log,
  });
  const honest = { actor, decisions };
  const shown = init.misbehave === undefined ? honest : misbehave(init.misbehave, honest, log);
  const warning = init.misbehave === undefined ? undefined : `MISBEHAVING ON PURPOSE: ${init.misbehave}`;
  if (warning !== undefined) log(warning);
  const venue = createChainVenue({
    client,
    account: init.account,
    most: limitsOf(
      init,
      mandates.map(({ terms }) => terms),
    ),
    actor: shown.actor,
    clock,
  });
  const feed = createLiveFeed({
    url: `${init.marketUrl}/v1/market`,
    market: init.market,
    chainId: init.chainId,
    clock,
  });
  const agent = await createAgent({
    decisions: shown.decisions,
    rulesCode: rulesBytes(init.ruleFile),
    rulesVersion,
    model: { kind: 'integer', blob: modelBlob(init.modelFile) },
    observe: createObserve({ feed, venue, decisions, ledger, clock }),
    actor: venue.actor,
    clock,
    log,
    beforeAct,
  });

  // An anchor by the agent's own key and an act must not take the same nonce.
  const turn = createTurn();
  const stopping = new AbortController();
  const { signal } = stopping;
  const server = await startAgentServer({
    port: init.port,
    decisions,
    folder,
    controlToken: init.controlToken,
    views: {
      status: () => {
        const { openIntents, ...state } = agent.state();
        const day = ledger.points.at(-1)?.day;
        const reason = [warning, state.reason].filter(Boolean).join(': ');
        return { ...state, reason, openIntents, ...(day === undefined ? {} : { day }) };
      },
      equity: () => {
        catchUp();
        return equityView(ledger);
      },
      metrics: () => {
        catchUp();
        return metricsView(ledger, decisions);
      },
    },
    orders: { pause: (reason) => agent.pause(reason), resume: (reason) => agent.resume(reason) },
  });
  await agent.start();
  log(
    `journal ${journal.origin} at entry ${journal.size()}, head ${bytesToHex(journal.head()?.root ?? new Uint8Array(32))}`,
  );

  const loops = Promise.all([
    repeat(
      signal,
      () => lookMs,
      async () => {
        await turn(() => agent.step());
      },
      complain('step'),
    ),
    repeat(
      signal,
      () => pauses.headMs,
      async () => {
        await journal.checkpoint();
        await gatherer.gather();
      },
      complain('heads'),
    ),
    repeat(
      signal,
      () => pauses.anchorMs,
      async () => {
        await (init.anchorKey === undefined ? turn(anchor) : anchor());
      },
      complain('anchor'),
    ),
  ]);
  return {
    url: server.url,
    stop: async () => {
      stopping.abort();
      await agent.stop();
      await loops;
      await server.stop();
      await decisions.close();
    },
  };
}
