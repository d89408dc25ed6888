import { randomBytes } from 'node:crypto';
import { quoteInPool, softwarePasskey, type Terms } from '@lichen/protocol';
import {
  connectLichen,
  createAccount,
  grantCall,
  type LichenAddresses,
  type LichenClient,
  marketOf,
  playDollarAbi,
  quoteSwap,
  readPool,
  sendCallsSelfPaid,
  setBudgetCall,
  swapCall,
  tradingTerms,
  uniswapRouterAbi,
  useMandate,
} from '@lichen/sdk';
import { type Address, encodeFunctionData, type Hex, numberToHex, parseEther, zeroHash } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, artifactsDir, sendFrom, startBareChain } from '../accounts/accountsNetwork.fixture.ts';
import { clientOfChain } from '../agents/clientOfChain.ts';
import { deployMarket, type MarketAddresses } from '../deploy/deployMarket.ts';

const chainId = 31_352;
const dollar = 1_000_000n;
const share = 1_000_000n;
const agentKey = generatePrivateKey();
const thief: Address = '0x00000000000000000000000000000000000000bb';
let bare: Awaited<ReturnType<typeof startBareChain>>;
let market: MarketAddresses;
let client: LichenClient;
let account: Address;
let buy: Terms;
let sell: Terms;

beforeAll(async () => {
  bare = await startBareChain(chainId);
  const { place, payerKey, anvil } = bare;
  const { rpcUrl, addresses } = place;
  await anvil.upstream.demand('anvil_setBalance', addressOf(agentKey), numberToHex(parseEther('10')));
  market = await deployMarket({
    rpcUrl,
    artifactsDir,
    makerKey: payerKey,
    playDollar: addresses.playDollar,
    firstPrice: 1_500_000_000n,
  });
  const clientOf = (key: Hex) =>
    clientOfChain({
      rpcUrl,
      chainId,
      label: '',
      addresses: addresses as unknown as LichenAddresses,
      accounts: {
        ...addresses,
        factory: addresses.accountFactory,
        implementation: addresses.passkeyAccount,
      },
      market: { ...market, source: thief, path: '/v1/market', dayMs: 1_000, label: '' },
      account: privateKeyToAccount(key),
    });
  client = clientOf(agentKey);
  const ownerKey: Hex = `0x${randomBytes(31).toString('hex').padStart(64, '0')}`;
  const take = (amount: bigint) => ({
    to: addresses.playDollar,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [amount] }),
  });
  const payer = clientOf(payerKey);
  const owner = createAccount(payer, {
    signer: softwarePasskey(ownerKey, 'localhost', 'http://localhost'),
  });
  // Its address commits to its birth calls: mandates that pin the address can only come after.
  account = owner.address;
  const { timestamp } = await client.chain.getBlock();
  [buy, sell] = tradingTerms({
    market,
    agent: addressOf(agentKey),
    account,
    validFrom: 0,
    validUntil: Number(timestamp) + 86_400,
    period: 3_600,
    buy: { maxAmount: 5_000n * dollar, maxPerPeriod: 9_000n * dollar, maxCalls: 10 },
    sell: { maxAmount: 3n * share, maxPerPeriod: 5n * share, maxCalls: 10 },
    salt: zeroHash,
  });
  await sendCallsSelfPaid(owner, [
    take(10_000n * dollar),
    take(10_000n * dollar),
    setBudgetCall(payer, { asset: market.dollar, amount: 20_000n * dollar, period: 86_400 }),
    setBudgetCall(payer, { asset: market.share, amount: 20n * share, period: 86_400 }),
    ...[buy, sell].map((terms) => grantCall(payer, { terms, label: 'trading' })),
  ]);
});
afterAll(() => bare?.stop());

const heldOf = (token: Address, holder: Address = account) =>
  client.chain.readContract({
    address: token,
    abi: playDollarAbi,
    functionName: 'balanceOf',
    args: [holder],
  });
const deadline = 2n ** 40n;

interface RawSwap {
  readonly router?: Address;
  readonly amountIn?: bigint;
  readonly path?: readonly Address[];
  readonly to?: Address;
}

/** A swap with whatever a thief would like in it. */
const raw = ({ router, amountIn = 1_000n * dollar, path, to }: RawSwap) => ({
  to: router ?? market.router,
  data: encodeFunctionData({
    abi: uniswapRouterAbi,
    functionName: 'swapExactTokensForTokens',
    args: [amountIn, 0n, path ?? [market.dollar, market.share], to ?? account, deadline],
  }),
});

const act = (terms: Terms, ...calls: { to: Address; data: Hex }[]) =>
  useMandate(client, { account, terms, calls });

describe('the mandates of a trading agent', () => {
  test('let it buy and sell for the account, to the unit as quoted, and leave no allowance', async () => {
    const cash = await heldOf(market.dollar);
    const bought = await quoteSwap(client, { from: 'dollar', amountIn: 4_000n * dollar });
    await act(
      buy,
      swapCall(marketOf(client), {
        from: 'dollar',
        amountIn: 4_000n * dollar,
        amountOutMin: bought.amountOut,
        to: account,
        deadline,
      }),
    );
    expect(await heldOf(market.share)).toBe(bought.amountOut);
    expect(await heldOf(market.dollar)).toBe(cash - 4_000n * dollar);
    // The least to accept is rounded up: never below what the slippage allows.
    expect(bought.amountOutMin).toBe((bought.amountOut * 9_950n + 9_999n) / 10_000n);
    for (const slippageBps of [-1, 10_001, 0.5]) {
      await expect(quoteSwap(client, { from: 'dollar', amountIn: 1n, slippageBps })).rejects.toMatchObject({
        code: 'bad-input',
      });
    }
    const pool = await readPool(client);
    expect(pool.dollar).toBe(bought.pool.dollar + 4_000n * dollar);
    const sold = quoteInPool(pool, 'share', share);
    await act(
      sell,
      swapCall(marketOf(client), {
        from: 'share',
        amountIn: share,
        amountOutMin: sold,
        to: account,
        deadline,
      }),
    );
    expect(await heldOf(market.dollar)).toBe(cash - 4_000n * dollar + sold);
    for (const token of [market.dollar, market.share]) {
      const allowed = await client.chain.readContract({
        address: token,
        abi: playDollarAbi,
        functionName: 'allowance',
        args: [account, market.router],
      });
      expect(allowed).toBe(0n);
    }
  });

  test('let it do nothing else', async () => {
    const before = await Promise.all([heldOf(market.dollar), heldOf(market.share)]);
    const wrong: [string, Terms, { to: Address; data: Hex }][] = [
      ['another receiver', buy, raw({ to: thief })],
      ['another second token', buy, raw({ path: [market.dollar, market.weth] })],
      ['a detour', buy, raw({ path: [market.dollar, market.weth, market.share] })],
      ['a path of one', buy, raw({ path: [market.dollar] })],
      ['the other direction', buy, raw({ path: [market.share, market.dollar], amountIn: share })],
      ['the other direction with the other mandate', sell, raw({})],
      ['another router', buy, raw({ router: thief })],
      ['the pair itself', buy, raw({ router: market.pair })],
      ['more than one call may', buy, raw({ amountIn: 5_000n * dollar + 1n })],
      [
        'more shares than one call may',
        sell,
        raw({ path: [market.share, market.dollar], amountIn: 3n * share + 1n }),
      ],
      [
        'a path that lies elsewhere in the call data',
        buy,
        {
          to: market.router,
          data: (() => {
            const word = (value: bigint) => value.toString(16).padStart(64, '0');
            const { data } = raw({});
            // The pinned words stay where they are; the offset points behind them, to a path of the thief's.
            const words = data.slice(10).match(/.{64}/g)!;
            words[2] = word(0x100n);
            return `${data.slice(0, 10)}${words.join('')}${word(2n)}${word(BigInt(market.dollar))}${word(BigInt(thief))}` as Hex;
          })(),
        },
      ],
      [
        'a transfer',
        buy,
        {
          to: market.dollar,
          data: encodeFunctionData({ abi: playDollarAbi, functionName: 'transfer', args: [thief, 1n] }),
        },
      ],
      [
        'an approval',
        buy,
        {
          to: market.dollar,
          data: encodeFunctionData({
            abi: playDollarAbi,
            functionName: 'approve',
            args: [market.router, 1n],
          }),
        },
      ],
    ];
    for (const [what, terms, call] of wrong) {
      await expect(act(terms, call), what).rejects.toMatchObject({
        code: expect.stringMatching(/^mandate-(denied|spent)$/),
      });
    }
    // 4,000 of 9,000 are spent: a second 4,000 pass, a third do not, in one use or in two.
    const four = raw({ amountIn: 4_000n * dollar });
    await expect(act(buy, four, four)).rejects.toMatchObject({ code: 'mandate-spent' });
    expect(await Promise.all([heldOf(market.dollar), heldOf(market.share)])).toEqual(before);
    await act(buy, four);
    await expect(act(buy, four)).rejects.toMatchObject({ code: 'mandate-spent' });
  });

  test('belong to the agent alone', async () => {
    const stranger = connectLichen({
      gatewayUrl: bare.place.rpcUrl,
      rpcUrl: bare.place.rpcUrl,
      config: client.config,
      account: privateKeyToAccount(bare.payerKey),
    });
    await expect(
      useMandate(stranger, {
        account,
        terms: sell,
        calls: [raw({ path: [market.share, market.dollar], amountIn: 1n })],
      }),
    ).rejects.toMatchObject({ code: 'mandate-denied' });
  });

  test('a price that moved away makes the swap fail, and a failed swap spends nothing', async () => {
    const { amountOut } = await quoteSwap(client, { from: 'share', amountIn: share });
    const mint = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [10n * share] });
    const shift = swapCall(market, {
      from: 'share',
      amountIn: 10n * share,
      amountOutMin: 0n,
      to: thief,
      deadline,
    });
    const { rpcUrl } = bare.place;
    expect((await sendFrom(rpcUrl, bare.payerKey, { to: market.share, data: mint })).status).toBe('success');
    expect((await sendFrom(rpcUrl, bare.payerKey, shift)).status).toBe('success');
    const order = { from: 'share', amountIn: share, to: account, deadline } as const;
    await expect(act(sell, swapCall(market, { ...order, amountOutMin: amountOut }))).rejects.toMatchObject({
      code: 'transaction-failed',
    });
    // One share is spent of five; three and one still fit.
    await act(sell, swapCall(market, { ...order, amountIn: 3n * share, amountOutMin: 0n }));
    await act(sell, swapCall(market, { ...order, amountOutMin: 0n }));
    await expect(
      act(sell, swapCall(market, { ...order, amountIn: 1n, amountOutMin: 0n })),
    ).rejects.toMatchObject({
      code: 'mandate-spent',
    });
  });
});
