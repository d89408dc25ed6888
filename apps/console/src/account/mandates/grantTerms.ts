import { LichenError, type Terms } from '@lichen/protocol';
import { type LichenAddresses, playDollarAbi } from '@lichen/sdk';
import { bytesToHex, getAddress, isAddress, pad, toFunctionSelector } from 'viem';
import { buyPermission } from '../../cover/purchaseCalls.ts';
import { moneyFromDollars } from '../../format/money.ts';

/** What a person fills in to let an agent act. */
export interface GrantWishes {
  readonly kind: 'cover' | 'pay';
  readonly agent: string;
  readonly label: string;
  /** Whom it may pay; only of `pay`. */
  readonly receiver: string;
  /** Play dollars. */
  readonly perDay: number;
  readonly perCall: number;
  readonly callsPerDay: number;
  readonly days: number;
}

export const daySeconds = 86_400;

const transferSelector = toFunctionSelector(
  playDollarAbi.find((item) => item.type === 'function' && item.name === 'transfer') as Extract<
    (typeof playDollarAbi)[number],
    { type: 'function' }
  >,
);

function addressIn(what: string, text: string) {
  if (isAddress(text.trim(), { strict: false })) return getAddress(text.trim());
  throw new LichenError('bad-input', `${what} is no address.`, {
    got: text.trim() === '' ? 'nothing' : text.trim().slice(0, 50),
    expected: '0x and 40 hex digits',
    next: 'Paste the address that the agent shows.',
    retry: 'after-fix',
  });
}

/**
 * The terms that a person's wishes come to; `now` is chain time. A payment names its receiver, so that a stolen agent
 * can pay nobody else.
 * @throws LichenError `bad-input` when something is missing or does not fit together.
 */
export function termsOfWishes(addresses: LichenAddresses, wishes: GrantWishes, now: number): Terms {
  const { kind, perDay, perCall, callsPerDay, days } = wishes;
  const agent = addressIn('The agent', wishes.agent);
  const perPeriod = moneyFromDollars(perDay);
  const most = moneyFromDollars(perCall);
  if (perPeriod === 0n || most === 0n || most > perPeriod) {
    throw new LichenError('bad-input', 'One purchase cannot cost more than a whole day.', {
      got: `${perCall} each, ${perDay} a day`,
      expected: 'more than zero each, and at most the amount a day',
      next: 'Lower the amount of one, or raise the amount of a day.',
      retry: 'after-fix',
    });
  }
  return {
    agent,
    asset: addresses.playDollar,
    // A block may be stamped a little earlier than this clock: what is granted now must be usable now.
    validFrom: now - 60,
    validUntil: now + days * daySeconds,
    period: daySeconds,
    maxPerPeriod: perPeriod,
    maxCalls: callsPerDay,
    permissions: [
      kind === 'cover'
        ? buyPermission(addresses, most)
        : {
            target: addresses.playDollar,
            selector: transferSelector,
            amountArg: 1,
            pulls: false,
            maxAmount: most,
            pins: [{ index: 0, value: pad(addressIn('The receiver', wishes.receiver)) }],
          },
    ],
    salt: bytesToHex(crypto.getRandomValues(new Uint8Array(32))),
  };
}
