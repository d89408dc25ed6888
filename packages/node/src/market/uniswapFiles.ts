import { createRequire } from 'node:module';
import { LichenError } from '@lichen/protocol';
import { type Abi, encodeDeployData, type Hex, keccak256 } from 'viem';

const require = createRequire(import.meta.url);

interface UniswapFile {
  readonly abi: Abi;
  /** Without 0x. */
  readonly bytecode: string;
}

/**
 * Uniswap V2 is GPL-3.0: its published creation code is read from its own npm packages when it is deployed, and none of it is
 * in ours.
 */
function read(path: string): UniswapFile {
  try {
    return require(path) as UniswapFile;
  } catch (cause) {
    throw new LichenError('not-found', 'A contract of Uniswap V2 is missing.', {
      got: path,
      next: 'Install the packages again with: npm run setup',
      retry: 'after-fix',
      cause,
    });
  }
}

/** Creation code with constructor arguments. @throws LichenError `not-found` */
export function uniswapCode(path: string, args: readonly unknown[]): Hex {
  const { abi, bytecode } = read(path);
  return encodeDeployData({ abi, bytecode: `0x${bytecode.replace(/^0x/, '')}`, args });
}

export const uniswapPaths = {
  factory: '@uniswap/v2-core/build/UniswapV2Factory.json',
  pair: '@uniswap/v2-core/build/UniswapV2Pair.json',
  router: '@uniswap/v2-periphery/build/UniswapV2Router02.json',
  weth: '@uniswap/v2-periphery/build/WETH9.json',
} as const;

/**
 * keccak256 of the pair's creation code. The router has it compiled in and finds pairs by it; a package with another pair
 * would trade with an address where nothing lies.
 * @throws LichenError `internal` when the router has another one, `not-found`
 */
export function pairCodeHash(): Hex {
  const hash = keccak256(uniswapCode(uniswapPaths.pair, []));
  if (!read(uniswapPaths.router).bytecode.includes(hash.slice(2))) {
    throw new LichenError('internal', 'Router and pair of Uniswap V2 do not belong together.', {
      got: `a pair with the code hash ${hash}`,
      expected: 'the one that the router has compiled in',
      next: 'Install the packages again with: npm run setup',
      retry: 'after-fix',
    });
  }
  return hash;
}
