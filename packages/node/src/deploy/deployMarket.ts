import { LichenError, marketSeedDollars, reservesAt } from '@lichen/protocol';
import { playDollarAbi, uniswapPairAbi, uniswapRouterAbi } from '@lichen/sdk';
import {
  type Address,
  concatHex,
  createPublicClient,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  maxUint256,
  type PublicClient,
  parseAbi,
  zeroAddress,
} from 'viem';
import { faucetsOf, takePlayMoney } from '../market/takePlayMoney.ts';
import { pairCodeHash, uniswapCode, uniswapPaths } from '../market/uniswapFiles.ts';
import { initCodeOf, readArtifact } from './artifacts.ts';
import { deployMissing, hasCode, planContract } from './create2.ts';
import { createSender, type PlannedTransaction } from './sender.ts';

export interface DeployMarketInit {
  readonly rpcUrl: string;
  /** Folder of forge's output. */
  readonly artifactsDir: string;
  /** The market maker: pays for everything and owns the pool's liquidity. Needs money for gas, and nothing else. */
  readonly makerKey: Hex;
  readonly playDollar: Address;
  /** Price that the pool begins at, micro-dollars per share: the open of the first replayed day. */
  readonly firstPrice: bigint;
  /** pUSD that the pool begins with, base units; `marketSeedDollars` when absent. */
  readonly seedDollars?: bigint;
}

/** Where a market's contracts are. */
export interface MarketAddresses {
  readonly factory: Address;
  readonly router: Address;
  readonly weth: Address;
  readonly pair: Address;
  readonly share: Address;
  readonly dollar: Address;
  /** FaucetBatch: takes play money in large lots. */
  readonly faucetBatch: Address;
}

const factoryAbi = parseAbi([
  'function createPair(address tokenA, address tokenB) returns (address pair)',
  'function getPair(address tokenA, address tokenB) view returns (address pair)',
]);

/**
 * Puts the play share, Uniswap V2 as it was published, and a pair of pUSD and pSPX with liquidity on a chain that has pUSD. What is
 * there already is left as it is: a pool that has liquidity keeps it.
 *
 * The factory's fee setter is nobody, so no protocol fee can ever be switched on. WETH9 is there because the router's constructor
 * wants one; nothing uses it.
 *
 * @throws LichenError `transaction-failed`, `not-found`, `too-little-money`, `internal` when packages do not fit each other
 */
export async function deployMarket(init: DeployMarketInit): Promise<MarketAddresses> {
  const chain = createPublicClient({ transport: http(init.rpcUrl), cacheTime: 0 }) as PublicClient;
  const maker = createSender(chain, init.rpcUrl, init.makerKey);
  const codeHash = pairCodeHash();
  const ours = (name: string, gas: bigint) =>
    planContract(name, gas, initCodeOf(readArtifact(init.artifactsDir, name), []));
  const share = ours('PlayShare', 4_000_000n);
  const batch = ours('FaucetBatch', 1_000_000n);
  const weth = planContract('WETH9', 2_000_000n, uniswapCode(uniswapPaths.weth, []));
  const factory = planContract(
    'Uniswap’s factory',
    5_000_000n,
    uniswapCode(uniswapPaths.factory, [zeroAddress]),
  );
  const router = planContract(
    'Uniswap’s router',
    8_000_000n,
    uniswapCode(uniswapPaths.router, [factory.address, weth.address]),
  );
  // By gas limit, ascending: what no longer fits into a block must not come before what does.
  await deployMissing(chain, maker, [batch, weth, share, factory, router]);

  const dollar = init.playDollar;
  const [token0, token1] =
    BigInt(dollar) < BigInt(share.address) ? [dollar, share.address] : [share.address, dollar];
  const pair = getContractAddress({
    opcode: 'CREATE2',
    from: factory.address,
    salt: keccak256(concatHex([token0, token1])),
    bytecodeHash: codeHash,
  });
  const addresses: MarketAddresses = {
    factory: factory.address,
    router: router.address,
    weth: weth.address,
    pair,
    share: share.address,
    dollar,
    faucetBatch: batch.address,
  };
  const isPairThere = await hasCode(chain, pair);
  const hasLiquidity =
    isPairThere &&
    (await chain.readContract({ address: pair, abi: uniswapPairAbi, functionName: 'totalSupply' })) > 0n;
  if (hasLiquidity) return addresses;
  await maker.sendAll([
    ...(isPairThere ? [] : [pairOf(addresses)]),
    ...(await seedOf(chain, maker.address, addresses, init)),
  ]);
  const made = await chain.readContract({
    address: factory.address,
    abi: factoryAbi,
    functionName: 'getPair',
    args: [dollar, share.address],
  });
  if (made !== pair) {
    throw new LichenError('internal', 'Uniswap’s factory made the pair elsewhere.', {
      got: made,
      expected: pair,
    });
  }
  return addresses;
}

function pairOf({ factory, dollar, share }: MarketAddresses): PlannedTransaction {
  return {
    what: 'creating the pair of pUSD and pSPX',
    to: factory,
    data: encodeFunctionData({ abi: factoryAbi, functionName: 'createPair', args: [dollar, share] }),
    gas: 3_500_000n,
  };
}

async function seedOf(
  chain: PublicClient,
  maker: Address,
  { router, dollar, share, faucetBatch }: MarketAddresses,
  { firstPrice, seedDollars = marketSeedDollars }: DeployMarketInit,
): Promise<PlannedTransaction[]> {
  const seed = reservesAt(firstPrice, seedDollars);
  const heldOf = (token: Address) =>
    chain.readContract({ address: token, abi: playDollarAbi, functionName: 'balanceOf', args: [maker] });
  const [dollars, shares] = await Promise.all([heldOf(dollar), heldOf(share)]);
  const faucets = faucetsOf(dollar, share);
  const allow = (name: string, token: Address): PlannedTransaction => ({
    what: `letting the router take ${name} of the market maker`,
    to: token,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'approve', args: [router, maxUint256] }),
    gas: 80_000n,
  });
  return [
    allow('play dollars', dollar),
    allow('play shares', share),
    ...takePlayMoney(faucetBatch, faucets.dollar, maker, seed.dollar - dollars),
    ...takePlayMoney(faucetBatch, faucets.share, maker, seed.share - shares),
    {
      what: 'seeding the pool',
      to: router,
      data: encodeFunctionData({
        abi: uniswapRouterAbi,
        functionName: 'addLiquidity',
        // The least of both is all of both: if somebody was quicker, this fails, and the next start sees a pool.
        args: [dollar, share, seed.dollar, seed.share, seed.dollar, seed.share, maker, maxUint256],
      }),
      gas: 400_000n,
    },
  ];
}
