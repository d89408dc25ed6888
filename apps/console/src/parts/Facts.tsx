import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** Named values as a description list: two columns on a phone, as many as fit above. */
export function Facts(props: {
  items: readonly (readonly [name: string, value: ReactNode])[];
  columns?: 1 | 4;
}) {
  return (
    <dl className={classes.facts} data-columns={props.columns}>
      {props.items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
