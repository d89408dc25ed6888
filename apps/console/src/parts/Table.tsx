import type { ReactNode } from 'react';
import classes from './table.module.css';

/** A table that scrolls inside its own frame where the screen is too narrow for it. */
export function Table(props: { name: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label={`${props.name}, table`}>
      <table className={classes.table}>{props.children}</table>
    </section>
  );
}
