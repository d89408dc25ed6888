import type { CoverQuote } from '@lichen/sdk';
import { Skeleton } from '@mantine/core';
import { formatMoney } from '../format/money.ts';
import classes from './PriceParts.module.css';

const parts = [
  ['expectedLoss', 'Expected loss', 'payout × probability'],
  ['margin', 'Margin', 'earns the pool its return'],
  ['exposureCharge', 'Exposure charge', 'grows with what rides on this day'],
] as const;

/** The premium and what it is made of. Dimmed while a newer price is on its way, so nothing moves. */
export function PriceParts(props: { quote: CoverQuote | undefined; stale: boolean; failed: boolean }) {
  const price = (name: (typeof parts)[number][0] | 'premium') =>
    props.quote === undefined ? (
      props.failed ? (
        '–'
      ) : (
        <Skeleton width={72} height={16} />
      )
    ) : (
      formatMoney(props.quote.parts[name])
    );
  return (
    <dl className={classes.parts} data-stale={props.stale && !props.failed} aria-busy={props.stale}>
      {parts.map(([name, label, note]) => (
        <div key={name}>
          <dt>
            {label} <span>{note}</span>
          </dt>
          <dd>{price(name)}</dd>
        </div>
      ))}
      <div className={classes.premium}>
        <dt>Premium, paid once</dt>
        <dd>{price('premium')}</dd>
      </div>
    </dl>
  );
}
