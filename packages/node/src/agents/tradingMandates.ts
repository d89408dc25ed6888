import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileDurably } from '@lichen/journal';
import { LichenError, type Terms } from '@lichen/protocol';
import {
  type AccountClient,
  type Budget,
  type Call,
  type ExportedMandate,
  exportMandate,
  grantCall,
  marketOf,
  readExportedMandate,
  setBudgetCall,
  tradingTerms,
} from '@lichen/sdk';
import type { Address } from 'viem';
import { isAddressEqual } from 'viem';

/** Play money that the account begins with, base units of pUSD: 100,000. */
export const startingCash = 100_000_000_000n;

const dollars = (count: bigint) => count * 1_000_000n;
const shares = (count: bigint) => count * 1_000_000n;
/** An hour of the embedded market is 180 trading days. */
const period = 3_600;
const yearSeconds = 365 * 86_400;
/** Of what is given away. The share's price lies between 680 and 3,500 dollars on the recorded days. */
const limits = {
  buy: { maxAmount: dollars(150_000n), maxPerPeriod: dollars(1_000_000n), maxCalls: 90 },
  sell: { maxAmount: shares(250n), maxPerPeriod: shares(1_500n), maxCalls: 90 },
};

export interface TradingMandates {
  readonly terms: readonly Terms[];
  readonly exported: readonly ExportedMandate[];
}

/**
 * The two mandates of the trading agent: drawn up once and kept in a file, since their ids are hashes of all their terms.
 * @param now unix seconds
 * @throws LichenError `state-damaged` for a file of another account
 */
export function loadTradingMandates(
  file: string,
  account: AccountClient,
  agent: Address,
  now: number,
): TradingMandates {
  const { client, address } = account;
  if (existsSync(file)) return readKept(file, account);
  const terms = tradingTerms({
    market: marketOf(client),
    agent,
    account: address,
    validFrom: 0,
    validUntil: now + yearSeconds,
    period,
    ...limits,
    salt: `0x${randomBytes(32).toString('hex')}`,
  });
  const exported = terms.map((one, at) =>
    exportMandate(client, { account: address, epoch: 0n, terms: one, label: labels[at]! }),
  );
  writeFileDurably(file, `${JSON.stringify(exported, null, 2)}\n`, { mode: 0o600 });
  return { terms, exported };
}

const labels = ['Trading agent: buy', 'Trading agent: sell'];

function readKept(file: string, { client, address }: AccountClient): TradingMandates {
  try {
    const exported = JSON.parse(readFileSync(file, 'utf8')) as ExportedMandate[];
    const mandates = exported.map((one) => readExportedMandate(client, one));
    if (mandates.length !== labels.length || !mandates.every((one) => isAddressEqual(one.account, address))) {
      throw new Error(`mandates of ${mandates.map((one) => one.account).join(', ') || 'nobody'}`);
    }
    return { exported, terms: mandates.map(({ terms }) => terms) };
  } catch (error) {
    throw new LichenError(
      'state-damaged',
      `The trading agent’s mandates in ${file} are not those of its account.`,
      {
        got: error instanceof Error ? error.message : String(error),
        expected: `two mandates of ${address}`,
        next: 'Restore the file from a backup, or start afresh with: lichen reset',
        retry: 'after-fix',
        cause: error,
      },
    );
  }
}

/** The calls by which the account bounds its agent: a budget for each asset, the sum of a period, and the mandates. */
export function tradingGrants({ client }: AccountClient, { terms }: TradingMandates): Call[] {
  const budgets: Budget[] = terms.map(({ asset, maxPerPeriod }) => ({ asset, amount: maxPerPeriod, period }));
  return [
    ...budgets.map((budget) => setBudgetCall(client, budget)),
    ...terms.map((one, at) => grantCall(client, { terms: one, label: labels[at]! })),
  ];
}
