import { LichenError } from '@lichen/protocol';
import type { Address } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { addressAt, type Fields, integerAt, textAt } from '../network/readFields.ts';

/** A network's market: a Uniswap V2 pair that is kept at recorded prices, and who signs what they are. */
export interface MarketConfig {
  readonly pair: Address;
  /** Uniswap V2's Router02. */
  readonly router: Address;
  /** pSPX, 6 decimals. */
  readonly share: Address;
  /** pUSD, 6 decimals. */
  readonly dollar: Address;
  /** Signs what the market says. */
  readonly source: Address;
  /** Path on the gateway. */
  readonly path: string;
  /** Milliseconds of one recorded day. */
  readonly dayMs: number;
  /** What the screen must say: recorded prices, play money, a pool whose depth is made. */
  readonly label: string;
}

/** A market of a gateway's `/config.json`. @throws LichenError `bad-input` naming the field that is missing or malformed */
export function marketAt(market: Fields): MarketConfig {
  const path = textAt(market, 'path');
  // It is joined to the gateway's address: `//elsewhere` would be another server.
  if (!/^(\/[a-z0-9-]+)+$/.test(path)) {
    throw new LichenError('bad-input', `${market.where} has no usable "path".`, {
      got: path.slice(0, 80),
      expected: 'a path on the gateway such as /v1/market',
      next: 'Check that the gateway and this program come from the same release.',
    });
  }
  return {
    pair: addressAt(market, 'pair'),
    router: addressAt(market, 'router'),
    share: addressAt(market, 'share'),
    dollar: addressAt(market, 'dollar'),
    source: addressAt(market, 'source'),
    path,
    dayMs: integerAt(market, 'dayMs', 1, 2 ** 31 - 1),
    label: textAt(market, 'label'),
  };
}

/** The network's market. @throws LichenError `not-found` where there is none */
export function marketOf(client: LichenClient): MarketConfig {
  const { market } = client.config;
  if (market === undefined) {
    throw new LichenError('not-found', 'This network has no market.', {
      got: `network ${client.config.name}`,
      next: 'Use the embedded network: lichen up.',
      retry: 'after-fix',
    });
  }
  return market;
}
