import { noAmount, type Terms } from '@lichen/protocol';
import { type Hex, isAddressEqual } from 'viem';
import type { AccountEvent, UsedEvent } from './accountEvents.ts';
import type { AuditFindingTaker } from './auditFinding.ts';

export interface CheckBoundsInit {
  /** Everything that the executor said of the account, in order. */
  readonly events: readonly AccountEvent[];
  readonly terms: ReadonlyMap<Hex, Terms>;
  /** Mandates of the agent; budgets count the uses of others, too. */
  readonly own: ReadonlySet<Hex>;
  readonly find: AuditFindingTaker;
}

/** Amounts in the window (time − period, time] of what was added, oldest first. */
function createWindow() {
  const items: { readonly time: number; readonly amount: bigint }[] = [];
  let first = 0;
  let sum = 0n;
  return {
    add: (time: number, amount: bigint, period: number) => {
      items.push({ time, amount });
      sum += amount;
      while (items[first]!.time <= time - period) {
        sum -= items[first]!.amount;
        first += 1;
      }
      return { sum, count: items.length - first };
    },
  };
}

/** The largest amount of one call that the terms allow this function; undefined where they do not name it. */
function mostOf({ permissions }: Terms, { target, selector }: UsedEvent): bigint | undefined {
  const named = permissions.filter(
    (permission) =>
      isAddressEqual(permission.target, target) && permission.selector.toLowerCase() === selector,
  );
  if (named.length === 0) return undefined;
  return named.reduce(
    (most, { amountArg, maxAmount }) => (amountArg !== noAmount && maxAmount > most ? maxAmount : most),
    0n,
  );
}

/**
 * Whether the agent kept to its mandates and the account to its budgets, counted again from the chain's events alone. The
 * contract promises it; this is how one would see that it does not. Budgets count from when they were set last: what the
 * contract carries over from an earlier one makes it stricter than this.
 */
export function checkBounds({ events, terms, own, find }: CheckBoundsInit): void {
  const windows = new Map<Hex, ReturnType<typeof createWindow>>();
  const budgets = new Map<
    string,
    { amount: bigint; period: number; window: ReturnType<typeof createWindow> }
  >();
  const epochs = new Map<Hex, bigint>();
  const [revoked, paused] = [new Set<Hex>(), new Set<Hex>()];
  let epoch = 0n;
  let isPaused = false;
  const unknown = new Set<Hex>();

  function use(event: UsedEvent): void {
    const { id, time, amount, transaction, block } = event;
    const known = terms.get(id);
    const isOwn = own.has(id);
    const where = { transaction, block, at: time * 1_000 };
    if (known === undefined) {
      if (unknown.has(id)) return;
      unknown.add(id);
      find({
        code: 'terms-unknown',
        severity: 'warning',
        what: `The terms of mandate ${id} are not known: it was granted before the first block that was looked at.`,
        where,
      });
      return;
    }
    const breach = (
      code: Parameters<AuditFindingTaker>[0]['code'],
      what: string,
      got: string,
      expected: string,
    ) => find({ code, what, where, got, expected });

    const budget = budgets.get(known.asset.toLowerCase());
    if (budget !== undefined && amount > 0n) {
      const { sum } = budget.window.add(time, amount, budget.period);
      if (isOwn && sum > budget.amount) {
        const what = `The account’s budget was exceeded: ${budget.period} s allow less.`;
        breach('budget-exceeded', what, String(sum), `at most ${budget.amount}`);
      }
    }
    if (!isOwn) return;
    const window = windows.get(id) ?? createWindow();
    windows.set(id, window);
    const { sum, count } = window.add(time, amount, known.period);
    if (sum > known.maxPerPeriod) {
      breach(
        'period-exceeded',
        'More was used in one period than the mandate allows.',
        String(sum),
        `at most ${known.maxPerPeriod}`,
      );
    }
    if (count > known.maxCalls) {
      breach(
        'too-many-calls',
        'More calls were made in one period than the mandate allows.',
        String(count),
        `at most ${known.maxCalls}`,
      );
    }
    const most = mostOf(known, event);
    if (most === undefined) {
      breach(
        'function-denied',
        'The mandate does not name this function.',
        `${event.selector} of ${event.target}`,
        'a function of the mandate',
      );
    } else if (amount > most) {
      breach(
        'call-too-large',
        'One call was larger than the mandate allows.',
        String(amount),
        `at most ${most}`,
      );
    }
    if (time < known.validFrom || time >= known.validUntil) {
      breach(
        'outside-validity',
        'The mandate was used outside its time.',
        String(time),
        `${known.validFrom} to ${known.validUntil - 1}`,
      );
    }
    if (revoked.has(id) || (epochs.get(id) ?? epoch) < epoch) {
      breach('mandate-revoked', 'The mandate was used after it was revoked.', id, 'a mandate in force');
    }
    if (isPaused || paused.has(id)) {
      breach(
        'mandate-paused',
        'The mandate was used while it was paused.',
        isPaused ? 'the account paused' : id,
        'a mandate in force',
      );
    }
  }

  for (const event of events) {
    switch (event.name) {
      case 'MandateUsed':
        use(event);
        break;
      case 'MandateGranted':
        epochs.set(event.id, BigInt(event.epoch));
        break;
      case 'MandateRevoked':
        revoked.add(event.id);
        break;
      case 'AllMandatesRevoked':
        epoch = BigInt(event.epoch);
        break;
      case 'MandatePaused':
        if (event.paused) paused.add(event.id);
        else paused.delete(event.id);
        break;
      case 'AccountPaused':
        isPaused = event.paused;
        break;
      case 'BudgetSet':
        budgets.set(event.asset.toLowerCase(), {
          amount: event.amount,
          period: Number(event.period),
          window: createWindow(),
        });
        break;
    }
  }
}
