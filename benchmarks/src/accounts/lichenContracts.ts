import { embeddedTerms, startAccounts } from '@lichen/node';
import type { Address } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { artifactsFolder, type DevChain } from '../support/devChain.ts';

/** Where the parts of our accounts are on the benchmark's chain, and whose signature the sponsor pays for. */
export interface LichenContracts {
  readonly entryPoint: Address;
  readonly factory: Address;
  readonly mandateValidator: Address;
  readonly mandateExecutor: Address;
  readonly sponsor: Address;
  readonly sponsorSigner: PrivateKeyAccount;
}

/** Puts the accounts' contracts on the chain as a network does, and starts neither bundler nor sponsor. */
export async function deployLichenContracts(chain: DevChain): Promise<LichenContracts> {
  const payerKey = generatePrivateKey();
  const sponsorKey = generatePrivateKey();
  await chain.fund(privateKeyToAccount(payerKey).address, 10n ** 22n);
  const { config } = await startAccounts({
    stateFolder: '',
    rpcUrl: chain.url,
    chainId: foundry.id,
    artifactsDir: artifactsFolder(),
    terms: embeddedTerms,
    deployerKey: payerKey,
    payerKey,
    bundlerKey: payerKey,
    sponsorKey,
    bundlerPort: 0,
    sponsorPort: 0,
    launch: async () => undefined,
  });
  return { ...config, sponsorSigner: privateKeyToAccount(sponsorKey) };
}
