import { zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { LichenConfig } from '../client/config.ts';
import { connectLichen, type LichenClient } from '../client/createLichenClient.ts';

export const source = privateKeyToAccount(`0x${'11'.repeat(32)}`);

/** A client of a network with a market that is nowhere. */
export function clientAt(gatewayUrl: string, market: LichenConfig['market']): LichenClient {
  const config = {
    name: 'test',
    chainId: 31_338,
    rpcPath: '/rpc',
    modelId: zeroHash,
    ...(market === undefined ? {} : { market }),
  } as unknown as LichenConfig;
  return connectLichen({ gatewayUrl, config });
}

export const market: NonNullable<LichenConfig['market']> = {
  pair: '0x00000000000000000000000000000000000000a1',
  router: '0x00000000000000000000000000000000000000a2',
  share: '0x00000000000000000000000000000000000000a3',
  dollar: '0x00000000000000000000000000000000000000a4',
  source: source.address,
  path: '/v1/market',
  dayMs: 20_000,
  label: 'recorded',
};
