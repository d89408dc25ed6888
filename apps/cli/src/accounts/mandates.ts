import { LichenError, noAmount } from '@lichen/protocol';
import {
  type AccountClient,
  exportMandate,
  formatAmount,
  type LichenClient,
  listMandates,
  type Mandate,
  pauseAccount,
  pauseMandate,
  revokeAllMandates,
  revokeMandate,
} from '@lichen/sdk';
import type { Address } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';
import { functionText } from './mandateFunction.ts';
import { durationText, momentText } from './readDuration.ts';

/** The mandate of an account whose id starts so. @throws LichenError `not-found`, `bad-input` for more than one. */
export async function findMandate(client: LichenClient, account: Address, start: string): Promise<Mandate> {
  const mandates = await listMandates(client, { account });
  const found = mandates.filter(({ id }) => start.length >= 6 && id.startsWith(start.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new LichenError(
    found.length === 0 ? 'not-found' : 'bad-input',
    found.length === 0 ? 'The account has granted no such mandate.' : 'More than one mandate starts so.',
    {
      got: start,
      expected: 'the id of a mandate, or its first digits: 0x and four or more',
      next: 'Look with: lichen mandate list',
      retry: 'after-fix',
    },
  );
}

/** Every mandate that an account granted, from the chain's events: what it may do, what it did, what is left. */
export async function listMandatesCommand(
  client: LichenClient,
  options: { readonly account: Address; readonly all: boolean },
): Promise<Answer> {
  const mandates = await listMandates(client, { account: options.account });
  const shown = mandates.filter(
    ({ status }) => options.all || (status !== 'revoked' && status !== 'expired'),
  );
  return {
    json: { account: options.account, mandates: shown },
    text:
      shown.length === 0
        ? noneText(mandates.length)
        : shown.map((mandate) => mandateText(client, mandate)).join('\n\n'),
  };
}

/** Labels of other accounts are other people's text: control characters would steer the terminal. */
function labelText(label: string): string {
  return label === '' ? 'An agent' : label.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}

function noneText(past: number): string {
  return past === 0
    ? 'Nobody may act for you. Grant something with: lichen mandate grant'
    : `Nobody may act for you now. Mandates that are over: ${past}; see them with --all.`;
}

function mandateText(client: LichenClient, mandate: Mandate): string {
  const { id, label, status, terms, left, uses } = mandate;
  const head = [
    `${labelText(label)}: ${status}`,
    `  mandate      ${id}`,
    `  agent        ${terms.agent}`,
    ...terms.permissions.map(
      ({ target, selector, maxAmount, amountArg, pins }) =>
        `  may call     ${functionText(client, target, selector)}${amountArg === noAmount ? '' : ` for at most ${formatAmount(maxAmount)} pUSD`}${pins.length === 0 ? '' : `, ${pins.length} fixed arguments`}`,
    ),
    `  altogether   ${formatAmount(terms.maxPerPeriod)} pUSD and ${terms.maxCalls} calls in any ${durationText(terms.period)}`,
    `  left now     ${formatAmount(left.ofPeriod < left.ofBudget ? left.ofPeriod : left.ofBudget)} pUSD, ${left.calls} calls`,
    `  until        ${momentText(terms.validUntil)}`,
  ];
  if (uses.length === 0) return [...head, '  did          nothing yet'].join('\n');
  const table = tableText(
    [{ title: 'When' }, { title: 'Did' }, { title: 'pUSD', align: 'right' }, { title: 'Transaction' }],
    uses.map((use) => [
      use.at === undefined ? `block ${use.block}` : momentText(use.at),
      functionText(client, use.target, use.selector),
      formatAmount(use.amount),
      use.transaction.slice(0, 12),
    ]),
  );
  return [
    ...head,
    `  did          ${uses.length === 1 ? 'one call' : `${uses.length} calls`}:`,
    table.replace(/^/gm, '    '),
  ].join('\n');
}

/** Takes one mandate back. */
export async function revokeCommand(account: AccountClient, start: string): Promise<Answer> {
  const { id, label } = await findMandate(account.client, account.address, start);
  const { transactionHash } = await revokeMandate(account, { id });
  return {
    json: { id, transaction: transactionHash },
    text: `${labelText(label)} may do nothing more under ${id.slice(0, 10)}.\n  transaction  ${transactionHash}`,
  };
}

/** Takes all mandates back at once. */
export async function revokeAllCommand(account: AccountClient): Promise<Answer> {
  const { transactionHash } = await revokeAllMandates(account);
  return {
    json: { transaction: transactionHash },
    text: `Nobody may act for you any more.\n  transaction  ${transactionHash}`,
  };
}

/** Pauses one mandate, or all of them, or lets them go on. No agent can lift a pause. */
export async function pauseCommand(
  account: AccountClient,
  options: { readonly start: string | undefined; readonly paused: boolean },
): Promise<Answer> {
  const { paused, start } = options;
  const verb = paused ? 'paused' : 'going on';
  if (start === undefined) {
    const { transactionHash } = await pauseAccount(account, { paused });
    return {
      json: { all: true, paused, transaction: transactionHash },
      text: `All mandates are ${verb}.\n  transaction  ${transactionHash}`,
    };
  }
  const { id } = await findMandate(account.client, account.address, start);
  const { transactionHash } = await pauseMandate(account, { id, paused });
  return {
    json: { id, paused, transaction: transactionHash },
    text: `Mandate ${id.slice(0, 10)} is ${verb}.\n  transaction  ${transactionHash}`,
  };
}

/** A mandate in the shape of ERC-7715, for another program. It is no secret. */
export async function exportCommand(
  client: LichenClient,
  options: { readonly account: Address; readonly start: string },
): Promise<Answer> {
  const exported = exportMandate(client, await findMandate(client, options.account, options.start));
  return { json: exported, text: JSON.stringify(exported, null, 2) };
}
