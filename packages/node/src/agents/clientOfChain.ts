import {
  type AccountsConfig,
  connectLichen,
  type LichenAddresses,
  type LichenClient,
  type LichenConfig,
  type MarketConfig,
} from '@lichen/sdk';
import { type Account, zeroHash } from 'viem';

export interface ChainClientInit {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly label: string;
  readonly addresses: LichenAddresses;
  readonly accounts: Omit<AccountsConfig, 'bundlerPath' | 'paymasterPath'>;
  readonly market?: MarketConfig;
  /** Signs transactions; without one the client only reads. */
  readonly account?: Account;
}

/**
 * A client of a chain whose contracts are known, for parts that have no gateway between them and the chain: what a gateway
 * serves besides is left empty.
 */
export function clientOfChain(init: ChainClientInit): LichenClient {
  const { rpcUrl, chainId, label, addresses, accounts, market, account } = init;
  const config: LichenConfig = {
    name: 'chain',
    label,
    live: [],
    chainId,
    rpcPath: '/',
    addresses,
    accounts: { ...accounts, bundlerPath: '', paymasterPath: '' },
    journals: [],
    agents: [],
    ...(market === undefined ? {} : { market }),
    modelId: zeroHash,
    world: { recordedEpoch: 0, chainEpoch: 0, speed: 1, recordedFrom: 0, recordedTo: 0 },
    reporters: [],
    sources: [],
    weatherUrl: '',
    startedAt: 0,
  };
  return connectLichen({ gatewayUrl: rpcUrl, rpcUrl, config, ...(account === undefined ? {} : { account }) });
}
