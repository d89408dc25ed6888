import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { writeFileDurably } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';

const keySchema = z.string().regex(/^0x[0-9a-f]{64}$/) as unknown as z.ZodType<Hex>;
const schema = z.object({
  deployer: keySchema,
  keeper: keySchema,
  /** The play buyer of the console. */
  developmentAccount: keySchema,
  /** Signs the bundles of accounts' operations. */
  bundler: keySchema,
  /** Signs for the sponsor, whose money it cannot move. */
  sponsor: keySchema,
  /** Trades in the pool so that it has the recorded price. */
  marketMaker: keySchema,
  /** Signs what the market says. */
  marketSource: keySchema,
  /** Passkey of the account that the trading agent acts for; P-256. */
  tradingOwner: keySchema,
  tradingAgent: keySchema,
  /** Puts the trading agent's heads on the chain, whatever its own key is at. */
  tradingAnchor: keySchema,
  reporters: z.array(keySchema).length(5),
  sources: z.array(keySchema).length(3),
});

/** Files of networks from before there were accounts and agents lack these. */
const addedLater = [
  'bundler',
  'sponsor',
  'marketMaker',
  'marketSource',
  'tradingOwner',
  'tradingAgent',
  'tradingAnchor',
] as const;

/** Private keys of one embedded network. Reporters are in ascending order of address, the order of their set. */
export type NetworkKeys = z.infer<typeof schema>;

function randomKey(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

function byAddress(left: Hex, right: Hex): number {
  return BigInt(privateKeyToAccount(left).address) < BigInt(privateKeyToAccount(right).address) ? -1 : 1;
}

/** Keys drawn at random: no two installations share one, so nothing signed here means anything elsewhere. */
export function createKeys(): NetworkKeys {
  return {
    deployer: randomKey(),
    keeper: randomKey(),
    developmentAccount: randomKey(),
    bundler: randomKey(),
    sponsor: randomKey(),
    marketMaker: randomKey(),
    marketSource: randomKey(),
    tradingOwner: randomKey(),
    tradingAgent: randomKey(),
    tradingAnchor: randomKey(),
    reporters: Array.from({ length: 5 }, randomKey).sort(byAddress),
    sources: Array.from({ length: 3 }, randomKey),
  };
}

/**
 * Keys of a state folder; drawn and written, readable by the owner only, when there are none. Keys that an older version
 * did not know are drawn and added; all others stay as they are.
 *
 * @throws LichenError `state-damaged` when the file cannot be read.
 */
export function loadKeys(path: string): NetworkKeys {
  const write = (keys: NetworkKeys) => {
    writeFileDurably(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    return keys;
  };
  if (!existsSync(path)) return write(createKeys());
  let keys: NetworkKeys;
  let isOlder: boolean;
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const lacking = addedLater.filter((name) => !Object.hasOwn(found as object, name));
    isOlder = lacking.length > 0;
    const added = Object.fromEntries(lacking.map((name) => [name, randomKey()]));
    keys = schema.parse({ ...(found as object), ...added });
    chmodSync(path, 0o600);
  } catch (error) {
    throw new LichenError('state-damaged', `The keys in ${path} cannot be read.`, {
      expected: 'the file that the first start wrote',
      next: 'Restore it from a backup, or start afresh with: lichen reset',
      retry: 'after-fix',
      cause: error,
    });
  }
  return isOlder ? write(keys) : keys;
}
