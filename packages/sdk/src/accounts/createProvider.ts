import {
  type Hex,
  hashTypedData,
  hexToBytes,
  isHex,
  numberToHex,
  RpcRequestError,
  stringToHex,
  validateTypedData,
} from 'viem';
import { parseSiweMessage } from 'viem/siwe';
import { toLichenError } from '../client/toLichenError.ts';
import type { AccountClient, Call } from './accountClient.ts';
import { callBatches } from './providerBatches.ts';
import { ProviderError, refuse, toProviderError } from './providerError.ts';
import {
  callOf,
  callsOf,
  demandNoModule,
  demandOwn,
  isSetting,
  objectOf,
  quantityOf,
  settingsText,
  sponsorUrlOf,
} from './providerRequest.ts';
import { type AnyTypedData, signNestedTypedData, signPersonalMessage } from './providerSignature.ts';

/** What a page wants, checked, for the person to decide. Everything here comes from the page: show it as text only. */
export type ProviderRequest =
  | { readonly kind: 'connect' }
  | {
      readonly kind: 'send';
      readonly calls: readonly Call[];
      /** The page's own paymaster service, where it named one. */
      readonly sponsorUrl?: string;
    }
  | {
      readonly kind: 'sign-message';
      readonly message: Hex;
      /** The message as text; null when it is no plain text and only its bytes can be shown. */
      readonly text: string | null;
    }
  | { readonly kind: 'sign-typed-data'; readonly typedData: AnyTypedData };

export interface ProviderInit {
  /** Shows the request to the person; only `true` lets it happen. Asked once for each, never two at a time. */
  readonly confirm: (request: ProviderRequest) => Promise<boolean> | boolean;
  /** Origin of the page, e.g. `https://app.example`: a sign-in for another site (EIP-4361) is refused. */
  readonly origin?: string;
}

export type ProviderEvent = 'connect' | 'accountsChanged' | 'disconnect' | 'message' | 'chainChanged';
type Listener = (value: never) => void;

/** EIP-1193. */
export interface LichenProvider {
  request(args: { readonly method: string; readonly params?: unknown }): Promise<unknown>;
  on(event: ProviderEvent, listener: Listener): LichenProvider;
  removeListener(event: ProviderEvent, listener: Listener): LichenProvider;
  /** The person takes the connection back: the page sees no account until it asks again. */
  disconnect(): void;
}

/** Reading the chain tells a page nothing that it could not ask any node, so these pass. Everything else is named below. */
const passedOn = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getCode',
  'eth_getLogs',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_syncing',
  'net_version',
  'web3_clientVersion',
]);

/** Control and direction marks can make a text read as another one. */
const unplain = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u;

function plainTextOf(message: Hex): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(hexToBytes(message));
    return unplain.test(text.replace(/[\n\t]/g, '')) ? null : text;
  } catch {
    return null;
  }
}

/**
 * An account as an EIP-1193 provider with EIP-5792 batches (version 2.0.0), for web apps that know nothing of Lichen.
 * One provider for each page: a connection is not shared. Nothing happens without `confirm`, and nothing a page asks can
 * change devices, modules, mandates or guardians of the account.
 *
 * Signatures are ERC-7739 (checked by ERC-1271, or by ERC-6492 while the account is not on the chain). `eth_sign` and
 * transactions signed but not sent do not exist here.
 * @example
 * const provider = createProvider(account, { confirm: (request) => askPerson(request), origin });
 * await provider.request({ method: 'eth_requestAccounts' });
 */
export function createProvider(account: AccountClient, init: ProviderInit): LichenProvider {
  const { client, address } = account;
  const chainId = numberToHex(client.config.chainId);
  const batches = callBatches(account);
  const listeners = new Map<ProviderEvent, Set<Listener>>();
  let connected = false;
  let asking = false;

  const emit = (event: ProviderEvent, value: unknown) => {
    for (const listener of listeners.get(event) ?? []) {
      try {
        listener(value as never);
      } catch {
        // A page's faulty listener is the page's affair; the others must still hear.
      }
    }
  };

  /** One question at a time: a page that asks a hundred times must not wear the person down. */
  const demandConsent = async (request: ProviderRequest): Promise<void> => {
    if (asking) refuse('pending', 'Another request waits for the person.');
    asking = true;
    try {
      if ((await init.confirm(request)) !== true) refuse('rejected', 'The person refused.');
    } finally {
      asking = false;
    }
  };

  const demandConnected = (): void => {
    if (!connected) refuse('unauthorized', 'Ask for eth_requestAccounts first.');
  };

  const methods: Record<string, (params: readonly unknown[]) => Promise<unknown> | unknown> = {
    eth_chainId: () => chainId,
    eth_accounts: () => (connected ? [address] : []),
    async eth_requestAccounts() {
      if (!connected) {
        await demandConsent({ kind: 'connect' });
        connected = true;
        emit('accountsChanged', [address]);
      }
      return [address];
    },
    async eth_sendTransaction([transaction]) {
      demandConnected();
      const fields = objectOf('A transaction', transaction);
      if (fields.from !== undefined) demandOwn(account, fields.from);
      if (fields.chainId !== undefined && quantityOf('`chainId`', fields.chainId) !== BigInt(chainId)) {
        refuse('otherChain', 'This account is not connected to that chain.');
      }
      for (const name of ['authorizationList', 'blobs', 'blobVersionedHashes']) {
        if (fields[name] !== undefined) refuse('invalidParams', `\`${name}\` is not for an account.`);
      }
      const calls = [callOf(account, fields)];
      await demandNoModule(account, calls);
      await demandConsent({ kind: 'send', calls });
      return batches.sendAndWait(calls);
    },
    async personal_sign([message, signer]) {
      demandConnected();
      demandOwn(account, signer);
      if (typeof message !== 'string') refuse('invalidParams', 'The message must be text or hex bytes.');
      const bytes = isHex(message) && message.length % 2 === 0 ? message : stringToHex(message);
      const text = plainTextOf(bytes);
      demandOwnSite(text, init.origin);
      await demandConsent({ kind: 'sign-message', message: bytes, text });
      return signPersonalMessage(account, bytes);
    },
    async eth_signTypedData_v4([signer, data]) {
      demandConnected();
      demandOwn(account, signer);
      const typedData = typedDataOf(account, data);
      await demandConsent({ kind: 'sign-typed-data', typedData });
      return signNestedTypedData(account, typedData);
    },
    async wallet_sendCalls([request]) {
      demandConnected();
      const fields = objectOf('The request', request);
      if (fields.version !== '2.0.0')
        refuse('invalidParams', 'Only version 2.0.0 of EIP-5792 is spoken here.');
      if (fields.from !== undefined) demandOwn(account, fields.from);
      if (quantityOf('`chainId`', fields.chainId) !== BigInt(chainId)) {
        refuse('unsupportedChain', 'This account is on another chain.');
      }
      if (typeof fields.atomicRequired !== 'boolean') {
        refuse('invalidParams', '`atomicRequired` must be true or false.');
      }
      const calls = callsOf(account, fields.calls);
      const sponsorUrl = sponsorUrlOf(fields.capabilities, fields.calls as unknown[]);
      const id = batches.reserve(fields.id);
      try {
        await demandNoModule(account, calls);
        await demandConsent({ kind: 'send', calls, ...(sponsorUrl === undefined ? {} : { sponsorUrl }) });
      } catch (error) {
        batches.release(id);
        throw error;
      }
      await batches.send(id, calls, sponsorUrl);
      return { id };
    },
    wallet_getCallsStatus: ([id]) => {
      demandConnected();
      return batches.statusOf(id);
    },
    wallet_showCallsStatus: ([id]) => {
      demandConnected();
      batches.statusOf(id);
      return refuse(
        'unsupportedMethod',
        'This account has no screen of its own: show the status in the page.',
      );
    },
    wallet_getCapabilities([owner, chainIds]) {
      demandConnected();
      demandOwn(account, owner);
      if (chainIds !== undefined && !Array.isArray(chainIds))
        refuse('invalidParams', 'Chain ids must be a list.');
      const wanted = (chainIds as unknown[] | undefined)?.map((value) => quantityOf('A chain id', value));
      if (wanted !== undefined && !wanted.includes(BigInt(chainId))) return {};
      return { [chainId]: { atomic: { status: 'supported' }, paymasterService: { supported: true } } };
    },
    wallet_switchEthereumChain([request]) {
      const wanted = quantityOf('`chainId`', objectOf('The request', request).chainId);
      return wanted === BigInt(chainId) ? null : refuse('unknownChain', 'This account is on one chain only.');
    },
  };

  // EIP-1193: a provider that can serve requests says so; later, so that listeners can be there.
  queueMicrotask(() => emit('connect', { chainId }));

  return {
    async request({ method, params }) {
      try {
        if (params !== undefined && !Array.isArray(params))
          refuse('invalidParams', '`params` must be a list.');
        const list = (params ?? []) as readonly unknown[];
        if (Object.hasOwn(methods, method)) return await methods[method]!(list);
        if (!passedOn.has(method))
          refuse('unsupportedMethod', `${String(method).slice(0, 60)} is not supported.`);
        const pass = client.chain.request as (args: { method: string; params: unknown }) => Promise<unknown>;
        return await pass({ method, params: list }).catch((error: unknown) => {
          throw toChainError(error);
        });
      } catch (error) {
        throw toProviderError(error);
      }
    },
    on(event, listener) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      return this;
    },
    removeListener(event, listener) {
      listeners.get(event)?.delete(listener);
      return this;
    },
    disconnect() {
      if (!connected) return;
      connected = false;
      emit('accountsChanged', []);
    },
  };
}

/** What a node answered to a read stays as it is: pages decode the data of a revert. */
function toChainError(error: unknown): ProviderError {
  for (let at = error; at instanceof Error; at = at.cause as unknown) {
    if (!(at instanceof RpcRequestError)) continue;
    return new ProviderError(at.code, at.details, { data: at.data, cause: error });
  }
  return toProviderError(toLichenError(error));
}

/** A message that signs in to another site is phishing: its signature would be used there (EIP-4361). */
function demandOwnSite(text: string | null, origin: string | undefined): void {
  if (text === null || origin === undefined) return;
  const { domain } = parseSiweMessage(text);
  if (domain !== undefined && domain.toLowerCase() !== new URL(origin).host.toLowerCase()) {
    refuse('unauthorized', 'The message signs in to another site than this one.');
  }
}

/** @throws ProviderError -32602 when malformed or of another chain, 4100 when it is about the account's own settings. */
function typedDataOf(account: AccountClient, value: unknown): AnyTypedData {
  let typedData: AnyTypedData;
  try {
    typedData = (typeof value === 'string' ? JSON.parse(value) : value) as AnyTypedData;
    objectOf('Typed data', typedData);
    objectOf('`domain`', typedData.domain);
    objectOf('`types`', typedData.types);
    validateTypedData(typedData);
    // What cannot be hashed would fail only after the person has agreed.
    hashTypedData({ ...typedData, types: { ...typedData.types } });
  } catch {
    refuse('invalidParams', 'The typed data is malformed.');
  }
  const { domain, primaryType, types } = typedData;
  // These names are the envelope that ERC-7739 puts around the contents.
  if (
    !/^[A-Za-z_$][\w$]*$/.test(primaryType) ||
    primaryType === 'EIP712Domain' ||
    !Object.hasOwn(types, primaryType) ||
    'TypedDataSign' in types
  ) {
    refuse('invalidParams', 'The primary type cannot be signed.');
  }
  if (domain.chainId !== undefined && BigInt(domain.chainId) !== BigInt(account.client.config.chainId)) {
    refuse('invalidParams', 'The typed data is of another chain.');
  }
  if (domain.verifyingContract !== undefined && isSetting(account, domain.verifyingContract as Hex)) {
    refuse('unauthorized', settingsText);
  }
  return typedData;
}
