import type { DevChain } from '../support/devChain.ts';
import type { RivalPackages } from '../support/rivalPackages.ts';
import { type MetaMaskMandateGas, measureMetaMaskMandate, measureOwnedMandate } from './metamaskMandate.ts';
import { deployMetaMask, deployMetaMaskEnvironment } from './metamaskWallet.ts';
import { deployRivalSponsor } from './rivalSponsor.ts';
import { deploySafe, safeVersions } from './safeWallet.ts';
import { type Money, measureWallet, type WalletGas } from './walletGas.ts';

export interface MeasuredRivals {
  readonly wallets: readonly { readonly name: string; readonly gas: WalletGas }[];
  readonly delegations: readonly {
    readonly name: string;
    readonly gas: MetaMaskMandateGas & { readonly revoke?: number };
  }[];
}

/** The rivals' gas, on the chain, with the token and to the recipient of ours; EntryPoint 0.7, for which they are built. */
export async function measureRivals(
  chain: DevChain,
  packages: RivalPackages,
  money: Money,
): Promise<MeasuredRivals> {
  const environment = await deployMetaMaskEnvironment(chain, packages);
  const entryPoint = environment.EntryPoint;
  const sponsor = await deployRivalSponsor(chain, packages, entryPoint);
  const wallets = [];
  for (const version of Object.keys(safeVersions) as (keyof typeof safeVersions)[]) {
    const safe = await deploySafe(chain, packages, entryPoint, sponsor, version);
    wallets.push({ name: safe.name, gas: await measureWallet(chain, safe, money) });
  }
  const metamask = await deployMetaMask(chain, packages, environment, sponsor);
  wallets.push({ name: metamask.name, gas: await measureWallet(chain, metamask, money) });
  return {
    wallets,
    delegations: [
      {
        name: 'MetaMask delegation, periodic allowance and expiry, signed by a passkey',
        gas: await measureMetaMaskMandate(chain, metamask, money, 'lean'),
      },
      {
        name: 'MetaMask delegation, contracts, functions, amount and expiry, signed by a passkey',
        gas: await measureMetaMaskMandate(chain, metamask, money, 'named'),
      },
      {
        name: 'MetaMask delegation, periodic allowance and expiry, signed by a secp256k1 owner',
        gas: await measureOwnedMandate(chain, metamask, money),
      },
    ],
  };
}
