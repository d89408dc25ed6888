import { type ReactNode, useId } from 'react';
import classes from './Panel.module.css';

/** A titled surface; the title names its region for those who navigate by landmark. */
export function Panel(props: { title: string; note?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes.panel}>
      <header className={classes.head}>
        <div>
          <h2 id={id}>{props.title}</h2>
          {props.note !== undefined && <p>{props.note}</p>}
        </div>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}
