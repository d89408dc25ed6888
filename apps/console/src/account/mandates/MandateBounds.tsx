import type { Permission } from '@lichen/protocol';
import type { Mandate } from '@lichen/sdk';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatSpan } from '../../format/duration.ts';
import { formatMoney } from '../../format/money.ts';
import { Bar } from '../../parts/Bar.tsx';
import classes from './mandates.module.css';
import { type FormatAmount, limitText, movesMoney, periodText, permissionText } from './mandateWords.ts';

/** What a mandate allows, in words, and how much of it is left. */
export function MandateBounds(props: {
  mandate: Mandate;
  hasEnded: boolean;
  /** Writes amounts of its asset; play money when absent. */
  format?: FormatAmount;
  /** Words for a permission that is known better here; those of `permissionText` where it gives undefined. */
  describe?: (permission: Permission) => string | undefined;
}) {
  const { hasEnded, format = formatMoney, describe } = props;
  const { terms, left } = props.mandate;
  const { addresses } = useClient();
  const now = useNow();
  const spent = terms.maxPerPeriod - left.ofPeriod;
  const calls = terms.maxCalls - Number(left.calls);
  return (
    <>
      <div>
        <h3>May</h3>
        <ul className={classes.may}>
          {terms.permissions.map((permission, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: terms never change, and may name a function twice.
            <li key={at}>{describe?.(permission) ?? permissionText(addresses, permission, format)}</li>
          ))}
        </ul>
        <p className={classes.limit}>{limitText(terms, format)} Everything else is refused.</p>
      </div>
      {!hasEnded && (
        <div className={classes.bars}>
          {movesMoney(terms) && (
            <Bar
              name={`Spent in ${periodText(terms.period)}`}
              used={Number(spent)}
              of={Number(terms.maxPerPeriod)}
              text={`${format(spent)} of ${format(terms.maxPerPeriod)}`}
            />
          )}
          <Bar
            name={`Calls in ${periodText(terms.period)}`}
            used={calls}
            of={terms.maxCalls}
            text={`${calls} of ${terms.maxCalls}`}
          />
          <p className={classes.expiry}>
            {now < terms.validFrom
              ? `Starts in ${formatSpan(terms.validFrom - now)}, ends ${formatSpan(terms.validUntil - terms.validFrom)} later`
              : `Ends by itself in ${formatSpan(terms.validUntil - now)}`}
          </p>
        </div>
      )}
    </>
  );
}
