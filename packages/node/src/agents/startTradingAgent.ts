import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { softwarePasskey, vkeyTextOf } from '@lichen/protocol';
import {
  type AccountsConfig,
  type AgentConfigJson,
  createAccount,
  type ExportedMandate,
  type JournalConfig,
  type LichenAddresses,
  type MarketConfig,
} from '@lichen/sdk';
import { type Address, type Hex, keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Accounts } from '../accounts/startAccounts.ts';
import { deployMarket, type MarketAddresses } from '../deploy/deployMarket.ts';
import type { AgentEndpoint } from '../gateway/agentForward.ts';
import { journalOriginOf, publicKeysOf } from '../journal/journalKeys.ts';
import type { JournalPeer } from '../journal/reporterJournal.ts';
import { firstDayOf, marketDayMs, marketLabel } from '../market/startMarket.ts';
import { faucetsOf, takePlayMoney } from '../market/takePlayMoney.ts';
import type { NetworkKeys } from '../network/keys.ts';
import type { RoleMessages } from '../network/roles.ts';
import type { Supervisor } from '../supervisor/startSupervisor.ts';
import { clientOfChain } from './clientOfChain.ts';
import { grantOnce } from './grantOnce.ts';
import { loadTradingMandates, startingCash, tradingGrants } from './tradingMandates.ts';

/** The program of the trading agent, which the network starts and knows nothing else of. */
export interface AgentProgram {
  /** Runs it as a child of the supervisor. */
  readonly argv: readonly [string, ...string[]];
  /** Folder of the price record. */
  readonly dataDir: string;
  /** Milliseconds of a recorded day; `marketDayMs` when absent. */
  readonly dayMs?: number;
  /** Makes it break its word in a way that it knows, to see what an audit finds. */
  readonly misbehave?: string;
}

/** What the trading agent is told at its start, as JSON over IPC. */
export interface AgentMessage {
  readonly name: string;
  /** Signs acts and heads, and pays for gas. */
  readonly privateKey: Hex;
  /** Sends anchors, so that they do not take the nonces of acts. */
  readonly anchorKey: Hex;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  readonly accounts: AccountsConfig;
  readonly market: MarketConfig;
  readonly marketUrl: string;
  readonly account: Address;
  readonly mandates: readonly ExportedMandate[];
  readonly stateDir: string;
  readonly port: number;
  readonly controlToken: string;
  readonly witnesses: readonly { readonly url: string; readonly witness: readonly string[] }[];
  readonly anchor: Address;
  readonly fromBlock: number;
  readonly misbehave?: string;
}

export interface TradingIdentityInit {
  readonly chainId: number;
  readonly keys: NetworkKeys;
  readonly port: number;
}

/** What is known of the trading agent before anything runs: where it answers, and the key of its journal. */
export interface TradingIdentity {
  readonly url: string;
  readonly peer: JournalPeer;
  readonly journal: Omit<JournalConfig, 'path'>;
}

const name = 'trading';

/** @see TradingIdentity */
export function tradingIdentityOf({ chainId, keys, port }: TradingIdentityInit): TradingIdentity {
  const { address } = privateKeyToAccount(keys.tradingAgent);
  const vkey = vkeyTextOf(publicKeysOf(chainId, address, keys.tradingAgent).journal);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    peer: { url, journal: vkey, witness: [] },
    journal: {
      origin: journalOriginOf(chainId, address),
      writer: privateKeyToAccount(keys.tradingAnchor).address,
      vkey,
      witness: [],
    },
  };
}

export interface TradingInit {
  readonly stateFolder: string;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly artifactsDir: string;
  readonly keys: NetworkKeys;
  readonly program: AgentProgram;
  /** Must have `playDollar` and `anchor` on the chain. */
  readonly addresses: LichenAddresses;
  /** Resolves when the contracts of accounts are on the chain. */
  readonly accounts: Promise<Pick<Accounts, 'config' | 'addresses'>>;
  readonly marketPort: number;
  readonly port: number;
  readonly controlToken: string;
  /** Witnesses of the journal's heads. */
  readonly witnesses: readonly { readonly url: string; readonly witness: readonly string[] }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix seconds. */
  readonly now: number;
}

export interface TradingComponents {
  readonly supervisor: Pick<Supervisor, 'launch'>;
  readonly launchMarket: (message: RoleMessages['market']) => Promise<unknown>;
}

export interface TradingParts {
  readonly market: MarketConfig;
  readonly marketUrl: string;
  readonly agent: AgentConfigJson;
  readonly endpoint: AgentEndpoint;
  /** Resolves when market and agent run. @throws LichenError what they throw */
  readonly ready: Promise<unknown>;
}

/**
 * Sets up the market of recorded prices, an account with play money, and the mandates of the trading agent, and lets both
 * run. The account's owner is a passkey of this network: whoever runs the network owns it.
 * @throws LichenError `transaction-failed`, `not-found`, `state-damaged`
 */
export async function startTradingAgent(
  { supervisor, launchMarket }: TradingComponents,
  init: TradingInit,
): Promise<TradingParts> {
  const { keys, chainId, rpcUrl, program, addresses } = init;
  const dayMs = program.dayMs ?? marketDayMs;
  const marketAddresses = await deployMarket({
    rpcUrl,
    artifactsDir: init.artifactsDir,
    makerKey: keys.marketMaker,
    playDollar: addresses.playDollar,
    firstPrice: firstDayOf(program.dataDir).open,
  });
  const { pair, router, share, dollar } = marketAddresses;
  const market: MarketConfig = {
    pair,
    router,
    share,
    dollar,
    source: privateKeyToAccount(keys.marketSource).address,
    path: '/v1/market',
    dayMs,
    label: marketLabel,
  };
  const marketing = launchMarket({
    port: init.marketPort,
    rpcUrl,
    chainId,
    folder: join(init.stateFolder, 'market'),
    dataDir: program.dataDir,
    makerKey: keys.marketMaker,
    sourceKey: keys.marketSource,
    addresses: marketAddresses,
    dayMs,
  });
  marketing.catch(() => {});

  const { config: accounts, addresses: ofAccounts } = await init.accounts;
  const all = { ...addresses, ...ofAccounts };
  const client = clientOfChain({
    rpcUrl,
    chainId,
    label: marketLabel,
    addresses: all,
    accounts,
    market,
    account: privateKeyToAccount(keys.tradingAnchor),
  });
  const account = createAccount(client, {
    signer: softwarePasskey(keys.tradingOwner, 'localhost', 'http://localhost'),
    salt: keccak256(toHex(`lichen agent ${name}`)),
  });
  const folder = join(init.stateFolder, 'agents', name);
  mkdirSync(folder, { recursive: true });
  const agent = privateKeyToAccount(keys.tradingAgent).address;
  const mandates = loadTradingMandates(join(folder, 'mandates.json'), account, agent, init.now);
  const marketUrl = `http://127.0.0.1:${init.marketPort}`;
  const message: AgentMessage = {
    name,
    privateKey: keys.tradingAgent,
    anchorKey: keys.tradingAnchor,
    rpcUrl,
    chainId,
    addresses: all,
    accounts,
    market,
    marketUrl,
    account: account.address,
    mandates: mandates.exported,
    stateDir: folder,
    port: init.port,
    controlToken: init.controlToken,
    witnesses: init.witnesses,
    anchor: addresses.anchor!,
    fromBlock: 0,
    ...(program.misbehave === undefined ? {} : { misbehave: program.misbehave }),
  };
  const ready = (async () => {
    await grantOnce(account, mandates.terms, [
      ...cashCalls(marketAddresses, account.address),
      ...tradingGrants(account, mandates),
    ]);
    await marketing;
    await supervisor.launch({
      name: `agent-${name}`,
      argv: program.argv,
      env: init.env,
      message,
      readyTimeoutMs: 180_000,
    });
  })();
  ready.catch(() => {});
  return {
    market,
    marketUrl,
    agent: {
      name,
      title: 'Trading agent',
      label: marketLabel,
      address: agent,
      account: account.address,
      mandates: mandates.exported,
      journal: journalOriginOf(chainId, agent),
      path: `/v1/agents/${name}`,
    },
    endpoint: { name, url: `http://127.0.0.1:${init.port}`, controlToken: init.controlToken },
    ready,
  };
}

function cashCalls({ dollar, share, faucetBatch }: MarketAddresses, account: Address) {
  return takePlayMoney(faucetBatch, faucetsOf(dollar, share).dollar, account, startingCash).map(
    ({ to, data }) => ({ to, ...(data === undefined ? {} : { data }) }),
  );
}
