// A chain with a market that the test moves by hand, moment by moment, and an account that lets an agent trade at it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { deployMarket } from '@lichen/node';
import {
  accountAddressOf,
  encodeMarketBody,
  type MarketBody,
  marketStatementDigest,
  movePoolTo,
  softwarePasskey,
  type Terms,
} from '@lichen/protocol';
import {
  accountClientOf,
  accountFactoryAbi,
  accountsOf,
  connectLichen,
  exportMandate,
  type LichenClient,
  type MarketConfig,
  mandateExecutorAbi,
  playDollarAbi,
  readPool,
  sendCallsSelfPaid,
  sendTransaction,
  swapCall,
  tradingTerms,
} from '@lichen/sdk';
import { type Address, encodeFunctionData, type Hex, parseEther, zeroHash } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { openRecord } from '../../src/feed/openRecord.ts';
import { type AuditChain, random32, startAuditChain } from '../audit/auditChain.ts';

const artifactsDir = join(import.meta.dirname, '../../../../packages/contracts/out');
export const { bars, market: marketName, uri: recordUri } = openRecord();
/** Play money of the account, base units: the most that one call of the faucet gives. */
export const cash = 10_000_000_000n;
export const limits = { dollars: 9_000_000_000n, shares: 9_000_000n };

export interface TradingChain {
  readonly chain: AuditChain;
  readonly market: MarketConfig;
  readonly agentKey: Hex;
  readonly account: Address;
  readonly mandates: readonly Terms[];
  readonly exported: readonly ReturnType<typeof exportMandate>[];
  /** The agent's client, with the market in its configuration. */
  readonly client: LichenClient;
  /** Where the market's statements are served. */
  readonly marketUrl: string;
  readonly makerKey: Hex;
  readonly sourceKey: Hex;
  readonly addresses: Awaited<ReturnType<typeof deployMarket>>;
  /** Moves the pool to the open or the close of a recorded day and then says so. */
  enter(index: number, phase: 'open' | 'close'): Promise<void>;
  /** Says something else than what is so; undefined: the truth again. */
  say(bytes: Uint8Array | undefined, signature?: Hex): void;
  stop(): Promise<void>;
}

export async function startTradingChain(firstIndex: number): Promise<TradingChain> {
  const chain = await startAuditChain();
  try {
    return await openMarket(chain, firstIndex);
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function openMarket(chain: AuditChain, firstIndex: number): Promise<TradingChain> {
  const { client: bank, chainId } = chain;
  const [makerKey, sourceKey, agentKey] = [1, 2, 3].map(() => generatePrivateKey()) as [Hex, Hex, Hex];
  const [maker, source, agent] = [makerKey, sourceKey, agentKey].map((key) => privateKeyToAccount(key)) as [
    ReturnType<typeof privateKeyToAccount>,
    ReturnType<typeof privateKeyToAccount>,
    ReturnType<typeof privateKeyToAccount>,
  ];
  for (const { address } of [maker, agent]) {
    const hash = await bank.wallet!.sendTransaction({ to: address, value: parseEther('100') });
    await bank.chain.waitForTransactionReceipt({ hash });
  }
  const addresses = await deployMarket({
    rpcUrl: chain.url,
    artifactsDir,
    makerKey,
    playDollar: bank.addresses.playDollar,
    firstPrice: BigInt(bars[firstIndex]![1]),
  });
  const { pair, router, share, dollar } = addresses;
  const market: MarketConfig = {
    pair,
    router,
    share,
    dollar,
    source: source.address,
    path: '/v1/market',
    dayMs: 1_000,
    label: 'test',
  };
  const clientWith = (key: Hex): LichenClient => {
    const client = connectLichen({
      gatewayUrl: chain.url,
      config: { ...bank.config, market },
      rpcUrl: chain.url,
      account: privateKeyToAccount(key),
    });
    client.chain.pollingInterval = 20;
    return client;
  };
  const makerClient = clientWith(makerKey);
  const client = clientWith(agentKey);

  const { account, mandates } = await openAccount(bank, market, agent.address);
  let known: MarketBody | undefined;
  let said: { readonly bytes: Uint8Array; readonly signature?: Hex | undefined } | undefined;
  const sign = (bytes: Uint8Array) => source.sign({ hash: marketStatementDigest({ chainId, pair }, bytes) });
  const server = createServer(async (_request, response) => {
    if (known === undefined) {
      response.writeHead(503).end();
      return;
    }
    const bytes = said?.bytes ?? encodeMarketBody(known);
    const signature = said === undefined ? await sign(bytes) : said.signature;
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'lichen-signature': signature }),
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function moveTo(price: bigint): Promise<void> {
    const swap = movePoolTo(await readPool(makerClient), price);
    if (swap === undefined) return;
    const { timestamp } = await makerClient.chain.getBlock();
    const token = swap.from === 'dollar' ? dollar : share;
    const lot = swap.from === 'dollar' ? 10_000_000_000n : 10_000_000n;
    const take = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [lot] });
    const balanceOf = () =>
      makerClient.chain.readContract({
        address: token,
        abi: playDollarAbi,
        functionName: 'balanceOf',
        args: [maker.address],
      });
    while ((await balanceOf()) < swap.amountIn) await sendTransaction(makerClient, { to: token, data: take });
    const call = swapCall(market, {
      ...swap,
      amountOutMin: swap.amountOut,
      to: maker.address,
      deadline: timestamp + 3_600n,
    });
    await sendTransaction(makerClient, call);
  }

  return {
    chain,
    market,
    agentKey,
    account,
    mandates,
    exported: mandates.map((terms) => exportMandate(client, { account, epoch: 0n, terms })),
    client,
    marketUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    makerKey,
    sourceKey,
    addresses,
    enter: async (index, phase) => {
      const [day, open, , , close] = bars[index]!;
      await moveTo(BigInt(phase === 'open' ? open : close));
      const end = phase === 'open' ? index : index + 1;
      known = { v: 1, market: marketName, day, phase, index, open, bars: bars.slice(end - 250, end) };
    },
    say: (bytes, signature) => {
      said = bytes === undefined ? undefined : { bytes, signature };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await chain.stop();
    },
  };
}

/** An account with play dollars, budgets for both assets and the two mandates of a trading agent. */
async function openAccount(
  bank: LichenClient,
  market: MarketConfig,
  agent: Address,
): Promise<{ readonly account: Address; readonly mandates: readonly Terms[] }> {
  const accounts = accountsOf(bank);
  const { timestamp } = await bank.chain.getBlock();
  const signer = softwarePasskey(random32(), 'localhost', 'http://localhost');
  const salt = random32();
  const call = (target: Address, callData: Hex) => ({ target, value: 0n, callData });
  // The terms name the account, the account commits to its birth calls: so it is born first and grants then.
  const births = [
    call(market.dollar, encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [cash] })),
  ];
  const account = accountAddressOf(accounts, signer.passkey, salt, births);
  await sendTransaction(bank, {
    to: accounts.factory,
    data: encodeFunctionData({
      abi: accountFactoryAbi,
      functionName: 'createAccount',
      args: [signer.passkey, salt, { lookup: zeroHash, mac: zeroHash }, births],
    }),
  });
  const limitOf = (maxAmount: bigint) => ({ maxAmount, maxPerPeriod: maxAmount * 4n, maxCalls: 50 });
  const mandates = tradingTerms({
    market,
    agent,
    account,
    validFrom: 0,
    validUntil: Number(timestamp) + 864_000,
    period: 86_400,
    buy: limitOf(limits.dollars),
    sell: limitOf(limits.shares),
    salt: random32(),
  });
  const executor = accounts.mandateExecutor;
  const budget = (asset: Address, amount: bigint) => ({
    to: executor,
    data: encodeFunctionData({
      abi: mandateExecutorAbi,
      functionName: 'setBudget',
      args: [asset, amount, 86_400],
    }),
  });
  const grant = (terms: Terms, label: string) => ({
    to: executor,
    data: encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, label] }),
  });
  const owner = accountClientOf(bank, { address: account, signer });
  await sendCallsSelfPaid(owner, [
    budget(market.dollar, 10n ** 12n),
    budget(market.share, 10n ** 12n),
    grant(mandates[0], 'buy'),
    grant(mandates[1], 'sell'),
  ]);
  return { account, mandates };
}
