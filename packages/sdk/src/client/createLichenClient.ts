import { LichenError } from '@lichen/protocol';
import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  type HttpTransport,
  http,
  type PublicClient,
  type TransactionReceipt,
  type WalletClient,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { requestGateway } from '../network/requestGateway.ts';
import { type LichenAddresses, type LichenConfig, readConfig } from './config.ts';
import { toLichenError } from './toLichenError.ts';

/** Makes calls on the chain in the name of an address, all of them or none. */
export interface CallSender {
  readonly address: Address;
  send(
    calls: readonly { readonly to: Address; readonly data: Hex }[],
    options: { readonly timeoutMs?: number },
  ): Promise<{ readonly transactionHash: Hex; readonly receipt: TransactionReceipt }>;
}

/** What every verb needs: where the network is, a chain to read, and perhaps an account to sign with. */
export interface LichenClient {
  readonly gatewayUrl: string;
  readonly config: LichenConfig;
  readonly addresses: LichenAddresses;
  readonly chain: PublicClient<HttpTransport, Chain>;
  readonly wallet?: WalletClient<HttpTransport, Chain, Account>;
  /** Sends in place of `wallet`: `withAccount` puts a person's account here. */
  readonly sender?: CallSender;
}

export interface ConnectLichenInit {
  readonly gatewayUrl: string;
  readonly config: LichenConfig;
  /** JSON-RPC of the chain; the gateway's proxy when absent. */
  readonly rpcUrl?: string;
  /** Signs transactions. `development` takes the well-known key that the embedded network funds. */
  readonly account?: Account | 'development';
}

function accountOf(init: ConnectLichenInit): Account | undefined {
  if (init.account !== 'development') return init.account;
  const development = init.config.developmentAccount;
  if (development === undefined) {
    throw new LichenError('bad-input', 'This network has no development account.', {
      got: `network ${init.config.name}`,
      next: 'Pass an account of your own.',
      retry: 'after-fix',
    });
  }
  return privateKeyToAccount(development.privateKey);
}

/**
 * A client for a network whose configuration is already known. Sends nothing.
 * @throws LichenError `bad-input` when `development` is asked of a network without a development account.
 */
export function connectLichen(init: ConnectLichenInit): LichenClient {
  const { config, gatewayUrl } = init;
  const rpcUrl = init.rpcUrl ?? new URL(config.rpcPath, gatewayUrl).href;
  const chain = defineChain({
    id: config.chainId,
    name: config.name,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  // Blocks come every second: polling four times a second adds at most 250 ms to a receipt.
  // No cache: a verb right after a transaction must see its block.
  const common = {
    chain,
    transport: http(rpcUrl, { timeout: 15_000, retryCount: 1 }),
    pollingInterval: 250,
    cacheTime: 0,
  };
  const account = accountOf(init);
  return {
    gatewayUrl,
    config,
    addresses: config.addresses,
    chain: createPublicClient(common),
    ...(account === undefined ? {} : { wallet: createWalletClient({ ...common, account }) }),
  };
}

/**
 * A client of the network behind a gateway, after its configuration is read and its chain id is checked.
 * @example
 * const client = await createLichenClient({ gatewayUrl: 'http://127.0.0.1:8080', account: 'development' });
 * @throws LichenError `not-running`, `timeout`, `bad-input` (malformed configuration), `chain-unreachable`,
 * `wrong-chain` when the chain behind the gateway is not the configured one.
 */
export async function createLichenClient(init: {
  readonly gatewayUrl: string;
  readonly account?: Account | 'development';
}): Promise<LichenClient> {
  if (!URL.canParse(init.gatewayUrl)) {
    throw new LichenError('bad-input', 'That is not the address of a gateway.', {
      got: JSON.stringify(init.gatewayUrl.slice(0, 80)),
      expected: 'an address such as http://127.0.0.1:8080',
      retry: 'after-fix',
    });
  }
  const config = readConfig(await requestGateway(init.gatewayUrl, '/config.json'));
  const client = connectLichen({ ...init, config });
  const chainId = await client.chain.getChainId().catch((error: unknown) => {
    throw toLichenError(error);
  });
  if (chainId !== config.chainId) {
    throw new LichenError('wrong-chain', 'The chain behind the gateway is not the configured one.', {
      got: `chain id ${chainId}`,
      expected: `chain id ${config.chainId}`,
      next: 'Restart the network, or name another gateway.',
      retry: 'after-fix',
    });
  }
  return client;
}
