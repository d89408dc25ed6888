// Whole-transaction gas of accounts and mandates on a real anvil under osaka rules (P-256 precompile), beside Safe's
// passkey module and MetaMask's delegation framework on the same chain, with the same token and the same recipient.
// The passkeys are software: the signatures are those of an authenticator, but no browser takes part.
import { startDevChain } from '../support/devChain.ts';
import { printAtMost, printBar } from '../support/printBar.ts';
import { rivalPackages } from '../support/rivalPackages.ts';
import { bundler } from './bundle.ts';
import { deployLichenContracts } from './lichenContracts.ts';
import { measureLichenMandates } from './lichenMandate.ts';
import { lichenWallet } from './lichenWallet.ts';
import { type MeasuredRivals, measureRivals } from './measureRivals.ts';
import { deployMoney, measureWallet, type WalletGas } from './walletGas.ts';

const chain = await startDevChain();
try {
  await chain.fund(bundler.address);
  const money = await deployMoney(chain);
  const wallet = lichenWallet(chain, await deployLichenContracts(chain));
  const ours = await measureWallet(chain, wallet, money);
  const mandates = await measureLichenMandates(chain, wallet, money);
  const packages = rivalPackages();
  const rivals = packages === null ? null : await measureRivals(chain, packages, money);

  /** The rivals' figures of the same thing, for the line of ours. */
  const beside = (figure: keyof WalletGas) =>
    rivals === null ? {} : { rivals: rivals.wallets.map(({ name, gas }) => ({ name, gas: gas[figure] })) };
  const besideDelegation = (figure: keyof MeasuredRivals['delegations'][number]['gas']) =>
    rivals === null
      ? {}
      : {
          rivals: rivals.delegations
            .filter(({ gas }) => gas[figure] !== undefined)
            .map(({ name, gas }) => ({ name, gas: gas[figure] })),
        };
  const report = (name: string, value: number, details: object = {}) =>
    printBar({ name, value, unit: 'gas', bar: null, holds: null, ...details });

  printAtMost('account created with its first operation', ours.createAndAct, 'gas', 240_000, {
    ...beside('createAndAct'),
  });
  printAtMost(
    'account created with a second passkey and its first operation',
    ours.createWithSecond,
    'gas',
    380_000,
    {
      includes: 'both passkeys listed in the directory',
      ...beside('createWithSecond'),
    },
  );
  printAtMost('passkey operation, ERC-20 to a funded recipient', ours.act, 'gas', 138_000, {
    bySecondPasskey: ours.actBySecond,
    ...(rivals === null
      ? {}
      : {
          rivals: rivals.wallets.map(({ name, gas }) => ({
            name,
            gas: gas.act,
            bySecondPasskey: gas.actBySecond,
          })),
        }),
  });
  printAtMost('passkey operation, each of 10 people in one bundle', ours.bundled, 'gas', 100_000, {
    ...beside('bundled'),
  });
  printAtMost('mandate granted', mandates.grant, 'gas', 230_000, {
    withFirstBudget: mandates.grantWithBudget,
    ...(rivals === null
      ? {}
      : { rivals: [{ name: 'MetaMask delegation: a signature, checked again at each use', gas: 0 }] }),
  });
  printAtMost("agent's use of a mandate through the executor", mandates.use, 'gas', 72_000, {
    firstUse: mandates.firstUse,
    ...besideDelegation('use'),
  });
  report("agent's use of a mandate, sponsored", mandates.sponsoredUse, {
    firstUse: mandates.firstSponsoredUse,
  });
  report('mandate revoked', mandates.revoke, besideDelegation('revoke'));
  report('all mandates revoked', mandates.revokeAll);
  report('one tap: account created with budget and session, and its first operation', mandates.oneTap);
  const plain = await chain.transact('A transfer', money.token, money.transfer(1n).data);
  report('for comparison: the same transfer by a plain key', Number(plain.gasUsed));
} finally {
  chain.stop();
}
