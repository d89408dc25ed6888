import { slice } from 'viem';
import { accountOf, type DevChain } from '../support/devChain.ts';
import { sendBundle } from './bundle.ts';
import type { Delegation, MetaMaskAccount, MetaMaskWallet } from './metamaskWallet.ts';
import { personOf } from './wallet.ts';
import type { Money } from './walletGas.ts';

/**
 * What bounds a delegation. `lean` is what MetaMask's kit makes for a periodic token allowance (token and `transfer`
 * pinned by the amount's enforcer itself, no native value, amount per fixed period), and an expiry: three enforcers.
 * `named` bounds contracts and functions as such, as a mandate does, and a lifetime amount: five enforcers.
 */
export type MetaMaskBounds = 'lean' | 'named';

/** Whole-transaction gas of the nearest thing to a mandate that MetaMask has. Granting is a signature: no transaction. */
export interface MetaMaskMandateGas {
  readonly firstUse: number;
  readonly use: number;
}

const agent = accountOf(900_010);

/** Makes a delegation of the account's, and what redeems it: one transfer, sent by the agent's own key. */
async function delegate(
  chain: DevChain,
  { kit, environment }: MetaMaskWallet,
  money: Money,
  account: MetaMaskAccount,
  bounds: MetaMaskBounds,
) {
  await chain.fund(agent.address);
  await money.give(account.address);
  const transfer = money.transfer(1_000_000n);
  const now = await chain.now();
  const timestamp = { type: 'timestamp', afterThreshold: now - 1, beforeThreshold: now + 30 * 86_400 };
  const lean = {
    scope: {
      type: 'erc20PeriodTransfer',
      tokenAddress: money.token,
      periodAmount: 50_000_000n,
      periodDuration: 86_400,
      startDate: now - 1,
    },
    caveats: [timestamp],
  };
  const named = {
    scope: { type: 'functionCall', targets: [money.token], selectors: [slice(transfer.data, 0, 4)] },
    caveats: [{ type: 'erc20TransferAmount', tokenAddress: money.token, maxAmount: 50_000_000n }, timestamp],
  };
  const unsigned = kit.createDelegation({
    environment,
    from: account.address,
    to: agent.address,
    ...(bounds === 'lean' ? lean : named),
  });
  const delegation: Delegation = {
    ...unsigned,
    signature: await account.signDelegation({ delegation: unsigned }),
  };
  const data = kit.contracts.DelegationManager.encode.redeemDelegations({
    delegations: [[delegation]],
    // ERC-7579: one call, reverting.
    modes: [`0x${'00'.repeat(32)}`],
    executions: [[{ target: transfer.to, value: 0n, callData: transfer.data }]],
  });
  const use = async () =>
    Number((await chain.transact('A redemption', environment.DelegationManager, data, agent)).gasUsed);
  return { delegation, use };
}

/** A first and a later use; the second, between them, fills no slot that the later one would. */
async function measureUses(use: () => Promise<number>): Promise<MetaMaskMandateGas> {
  const firstUse = await use();
  await use();
  return { firstUse, use: await use() };
}

/** A delegation signed by an account's passkey, which the account disables in the end. */
export async function measureMetaMaskMandate(
  chain: DevChain,
  wallet: MetaMaskWallet,
  money: Money,
  bounds: MetaMaskBounds,
): Promise<MetaMaskMandateGas & { readonly revoke: number }> {
  const person = personOf(bounds === 'lean' ? 100 : 101);
  const account = await wallet.accountOf(person);
  await money.give(account.address);
  const first = await wallet.operation(person, [money.transfer(1_000_000n)]);
  await sendBundle(chain, wallet.entryPoint, [first]);

  const { delegation, use } = await delegate(chain, wallet, money, account, bounds);
  const uses = await measureUses(use);
  const data = wallet.kit.contracts.DelegationManager.encode.disableDelegation({ delegation });
  const disable = await wallet.operation(person, [{ to: wallet.environment.DelegationManager, data }]);
  const revoke = Number((await sendBundle(chain, wallet.entryPoint, [disable])).gasUsed);
  const refused = await use().then(
    () => false,
    () => true,
  );
  if (!refused) throw new Error('A disabled delegation was redeemed.');
  return { ...uses, revoke };
}

/** The same delegation where a secp256k1 key owns the account: MetaMask's cheapest, for an account without a passkey. */
export async function measureOwnedMandate(
  chain: DevChain,
  wallet: MetaMaskWallet,
  money: Money,
): Promise<MetaMaskMandateGas> {
  const account = await wallet.ownedBy(accountOf(900_011));
  const { factory, factoryData } = await account.getFactoryArgs();
  await chain.transact('A deployment', factory, factoryData);
  const { use } = await delegate(chain, wallet, money, account, 'lean');
  return measureUses(use);
}
