import { LichenError } from '@lichen/protocol';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Address, createPublicClient, type Hex, http, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import { type Clock, wallClock } from '../world/replayWorld.ts';
import { RpcRefusal, rpcCodes, rpcErrorReply } from './rpcRefusal.ts';
import { simulateOperation } from './simulateOperation.ts';
import { checkGas, type GasLimits, mostCostOf, usualGasLimits } from './sponsorLimits.ts';
import { openSponsorQuota, type QuotaLimits } from './sponsorQuota.ts';
import { checkAccount, checkPlace, viewChain } from './sponsorRules.ts';
import { signPaymasterData, stubPaymasterData } from './sponsorSignature.ts';
import { readSponsorRequest } from './userOperation.ts';

export interface SponsorInit {
  /** 0 takes a free port. */
  readonly port: number;
  readonly rpcUrl: string;
  readonly chainId: number;
  /** The key that the sponsor's contract knows. */
  readonly signerKey: Hex;
  readonly sponsor: Address;
  readonly factory: Address;
  /** Folder of the counts; made when absent. */
  readonly folder: string;
  readonly quota: QuotaLimits;
  readonly gas?: GasLimits;
  readonly clock?: Clock;
}

export interface SponsorService {
  readonly url: string;
  stop(): Promise<void>;
}

/** How long a signature is good for: long enough for a finger and a bundle, seconds. */
const validSeconds = 300;
/** What the contract's own check may use; it uses about 12,000. */
const paymasterVerificationGas = 60_000n;
const maxBodyBytes = 128 * 1024;

/**
 * Starts the service that decides for whose gas the sponsor pays (ERC-7677). It signs for accounts of our factory on our
 * chain and EntryPoint, within a price for each operation and quotas for each account and for the day, and only for what
 * succeeds on a copy of the chain: nobody pays for what would revert. Quotas are on the disk before a signature leaves.
 *
 * @throws LichenError `port-in-use`, `state-damaged`, `disk-full`, `bad-input` for another key than the contract's
 */
export async function startSponsor(init: SponsorInit): Promise<SponsorService> {
  const { chainId, sponsor, factory, gas: gasLimits = usualGasLimits } = init;
  const clock = init.clock ?? wallClock;
  const client = createPublicClient({
    transport: http(init.rpcUrl, { batch: true, timeout: 10_000, retryCount: 0 }),
    cacheTime: 0,
  }) as PublicClient;
  const domain = { name: 'Lichen Sponsor', version: '1', chainId, verifyingContract: sponsor } as const;
  await checkSigner(client, sponsor, init.signerKey);
  const quota = openSponsorQuota(init.folder, init.quota, clock);

  async function decide(method: string, params: unknown): Promise<Record<string, unknown>> {
    const isFinal = method === 'pm_getPaymasterData';
    if (!isFinal && method !== 'pm_getPaymasterStubData') {
      throw new RpcRefusal(
        rpcCodes.unknownMethod,
        new LichenError('bad-input', 'The sponsor has no such method.', { got: method.slice(0, 60) }),
      );
    }
    const request = readSponsorRequest(params);
    checkPlace(request, chainId);
    const { sender, nonce } = request.operation;
    quota.check(sender, nonce);
    const view = await viewChain(client, request.operation, factory, sponsor);
    checkAccount(request.operation, view, factory);
    const now = Math.max(Math.floor(clock()), view.timestamp);
    const validUntil = now + validSeconds;
    if (!isFinal) {
      await simulateOperation(
        client,
        { ...request.operation, callGasLimit: undefined, verificationGasLimit: undefined },
        now,
      );
      return {
        paymaster: sponsor,
        paymasterData: stubPaymasterData(validUntil),
        paymasterVerificationGasLimit: hex(paymasterVerificationGas),
        paymasterPostOpGasLimit: hex(0n),
        sponsor: { name: 'Lichen' },
        isFinal: false,
      };
    }
    const operation = checkGas(
      {
        ...request.operation,
        paymasterVerificationGasLimit:
          request.operation.paymasterVerificationGasLimit ?? paymasterVerificationGas,
        paymasterPostOpGasLimit: request.operation.paymasterPostOpGasLimit ?? 0n,
      },
      view.fees,
      gasLimits,
    );
    if (view.deposit < mostCostOf(operation)) {
      throw new RpcRefusal(
        rpcCodes.paymasterThrottled,
        new LichenError('sponsor-exhausted', 'The sponsor has no money left.', {
          next: 'Pay for the gas from the account itself.',
          retry: 'later',
        }),
      );
    }
    await simulateOperation(client, operation, now);
    // Nothing is awaited between the count's look and its writing down: requests that come together cannot share the last.
    quota.take(sender, nonce);
    return {
      paymaster: sponsor,
      paymasterData: await signPaymasterData(init.signerKey, domain, sponsor, operation, validUntil),
      paymasterVerificationGasLimit: hex(operation.paymasterVerificationGasLimit),
      paymasterPostOpGasLimit: hex(operation.paymasterPostOpGasLimit),
    };
  }

  const app = new Hono();
  app.use(loopbackGuard());
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) =>
        context.json(rpcErrorReply(null, invalid(`a body of more than ${maxBodyBytes} bytes`)), 413),
    }),
  );
  app.post('/', async (context) => {
    let id: unknown = null;
    try {
      const call: unknown = await context.req.json().catch(() => undefined);
      // No batches: one request decides about one operation.
      if (typeof call !== 'object' || call === null || Array.isArray(call))
        throw invalid('no single request');
      const { method, params, id: given } = call as Record<string, unknown>;
      if (typeof given === 'string' || typeof given === 'number') id = given;
      if (typeof method !== 'string') throw invalid('no method');
      return context.json({ jsonrpc: '2.0', id, result: await decide(method, params) });
    } catch (error) {
      return context.json(rpcErrorReply(id, error));
    }
  });
  const served = await serve(app, init.port).catch((error: unknown) => {
    quota.close();
    throw error;
  });
  return {
    url: served.url,
    async stop() {
      await served.close();
      quota.close();
    },
  };
}

const hex = (value: bigint): Hex => `0x${value.toString(16)}`;

function invalid(got: string): RpcRefusal {
  return new RpcRefusal(
    rpcCodes.invalidRequest,
    new LichenError('bad-input', 'That is no JSON-RPC request.', {
      got,
      expected: 'one request of pm_getPaymasterStubData or pm_getPaymasterData',
      retry: 'after-fix',
    }),
  );
}

const signerAbi = [
  { type: 'function', name: 'signer', stateMutability: 'view', inputs: [], outputs: [{ type: 'address' }] },
] as const;

/** A key that the contract does not know would sign what every bundler then refuses, with a reason nobody understands. */
async function checkSigner(client: PublicClient, sponsor: Address, key: Hex): Promise<void> {
  const { address } = privateKeyToAccount(key);
  const known = await client.readContract({ address: sponsor, abi: signerAbi, functionName: 'signer' });
  if (known === address) return;
  throw new LichenError('bad-input', 'The sponsor on the chain knows another key.', {
    got: address,
    expected: known,
    next: 'Restore keys.json, or set the signer of the sponsor anew.',
    retry: 'after-fix',
  });
}
