import { type ExternalChain, refuseKnownKey } from '@lichen/node';
import { LichenError } from '@lichen/protocol';

/**
 * The chain of `--rpc` with the key that pays on it, or undefined without `--rpc`.
 * @throws LichenError `bad-input` without a key or an id, for a key that everybody has, or with `--misbehave`
 */
export function externalChainOf(
  options: { readonly rpc?: string; readonly chainId?: number; readonly misbehave?: unknown },
  environment: Readonly<Record<string, string | undefined>>,
): ExternalChain | undefined {
  if (options.rpc === undefined) return undefined;
  const key = environment.LICHEN_DEPLOYER_KEY ?? '';
  if (key === '' || options.chainId === undefined) {
    throw new LichenError('bad-input', 'A chain of your own needs its id and a key that pays.', {
      got: key === '' ? 'no LICHEN_DEPLOYER_KEY in the environment' : 'no --chain-id',
      next: 'Run: LICHEN_DEPLOYER_KEY=0x… lichen up --rpc URL --chain-id N',
      retry: 'after-fix',
    });
  }
  refuseKnownKey(key);
  if (options.misbehave !== undefined) {
    throw new LichenError(
      'bad-input',
      'A reporter that misbehaves loses its bond; on a chain of your own it may be worth something.',
      {
        got: '--misbehave with --rpc',
        expected: '--misbehave on the embedded network',
        next: 'Leave one of the two away.',
        retry: 'after-fix',
      },
    );
  }
  return { rpcUrl: options.rpc, chainId: options.chainId, deployerKey: key };
}
