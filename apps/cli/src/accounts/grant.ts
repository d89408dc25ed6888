import { createInterface } from 'node:readline/promises';
import { LichenError, type Terms } from '@lichen/protocol';
import { type AccountClient, formatAmount, getChainTime, getMandateState, grantMandate } from '@lichen/sdk';
import type { Address } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { randomSecret } from './accountFile.ts';
import { type FunctionOptions, type NamedPermission, readPermission } from './mandateFunction.ts';
import { durationText, momentText } from './readDuration.ts';

export interface GrantOptions extends FunctionOptions {
  readonly agent: Address;
  readonly label: string;
  /** Base units, in any window of `periodSeconds`. */
  readonly perPeriod: bigint;
  readonly periodSeconds: number;
  readonly calls: number;
  readonly expiresSeconds: number;
  /** The account's budget in the asset; kept as it is when absent, and set to `perPeriod` where there is none. */
  readonly budget?: bigint;
  /** Does not ask. */
  readonly yes: boolean;
  /** Shows what would be granted and sends nothing. */
  readonly dryRun: boolean;
  readonly onProgress: (line: string) => void;
}

/** Shows what the agent may do, in whole, then grants it. */
export async function grantCommand(account: AccountClient, options: GrantOptions): Promise<Answer> {
  const { client } = account;
  const asset = client.addresses.playDollar;
  const named = readPermission(client, options);
  const [now, state] = await Promise.all([
    getChainTime(client),
    getMandateState(client, { account: account.address, asset }),
  ]);
  const terms: Terms = {
    agent: options.agent,
    asset,
    validFrom: now,
    validUntil: now + options.expiresSeconds,
    period: options.periodSeconds,
    maxPerPeriod: options.perPeriod,
    maxCalls: options.calls,
    permissions: [named.permission],
    salt: randomSecret(),
  };
  const hasBudget = state.budget !== undefined && state.budget.amount > 0n;
  const amount = options.budget ?? (hasBudget ? undefined : options.perPeriod);
  const budget = amount === undefined ? undefined : { amount, period: options.periodSeconds };
  const summary = [
    grantText(options, named, terms, now),
    budget === undefined
      ? `  budget       stays: ${formatAmount(state.budget!.amount)} pUSD in any ${durationText(state.budget!.period)} for all mandates together`
      : `  budget       ${formatAmount(budget.amount)} pUSD in any ${durationText(budget.period)} for all mandates together`,
    'Everything else is denied.',
  ].join('\n');
  if (options.dryRun) return { json: { terms, budget: budget ?? null, sent: false }, text: summary };
  options.onProgress(summary);
  if (!options.yes && !(await isConfirmed())) {
    return { json: { terms, budget: budget ?? null, sent: false }, text: 'Nothing was granted.' };
  }
  const { id, transactionHash } = await grantMandate(account, {
    terms,
    label: options.label,
    ...(budget === undefined ? {} : { budget }),
  });
  return {
    json: {
      id,
      account: account.address,
      terms,
      budget: budget ?? null,
      sent: true,
      transaction: transactionHash,
    },
    text: [
      `Granted as mandate ${id}.`,
      `  transaction  ${transactionHash}`,
      `Take it back with: lichen mandate revoke ${id.slice(0, 10)}`,
    ].join('\n'),
  };
}

function grantText(options: GrantOptions, named: NamedPermission, terms: Terms, now: number): string {
  const { permission, amountName, pinTexts, contractName, item } = named;
  const perCall =
    amountName === null
      ? 'moves no money'
      : `at most ${formatAmount(permission.maxAmount)} pUSD, counted from ${amountName}${permission.pulls ? '; the contract takes it' : ''}`;
  return [
    `${options.label} (${terms.agent}) may act for you:`,
    `  calls        ${contractName}.${item.name}(${item.inputs.map(({ name }) => name).join(', ')})`,
    `  per call     ${perCall}`,
    `  altogether   at most ${formatAmount(terms.maxPerPeriod)} pUSD and ${terms.maxCalls} calls in any ${durationText(terms.period)}`,
    ...pinTexts.map((pin) => `  fixed        ${pin}`),
    `  until        ${momentText(terms.validUntil)} (${durationText(terms.validUntil - now)} of chain time)`,
  ].join('\n');
}

/** Without somebody at the keyboard there must be a clear word: a script that grants says so. */
async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new LichenError('bad-input', 'This lets somebody else spend your money.', {
      next: 'Say that you mean it with: lichen mandate grant … --yes',
      retry: 'after-fix',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Grant this? [y/N] ');
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
