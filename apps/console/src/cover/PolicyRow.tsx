import type { Policy } from '@lichen/sdk';
import { Link } from 'react-router';
import { useNow } from '../clock/useNow.ts';
import { formatMoney } from '../format/money.ts';
import { Mark } from '../parts/Mark.tsx';
import classes from './PolicyRow.module.css';
import { policyMark } from './policyMark.ts';

/** One held cover as one link. */
export function PolicyRow(props: { policy: Policy }) {
  const { policy } = props;
  const { flight } = policy;
  const mark = policyMark(policy, useNow());
  return (
    <Link to={`/cover/policies/${policy.policyId}`} className={classes.row}>
      <span className={classes.route}>
        <strong>
          {flight.origin} → {flight.destination}
        </strong>
        <span>
          {flight.carrier} {flight.number}, for {formatMoney(policy.parts.premium)}
        </span>
      </span>
      <span className={classes.state}>
        <span>
          <span className="hidden-visually">Payout </span>
          {formatMoney(policy.payout)}
        </span>
        <Mark tone={mark.tone}>{mark.text}</Mark>
      </span>
    </Link>
  );
}
