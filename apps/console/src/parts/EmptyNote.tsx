import type { ReactNode } from 'react';
import classes from './notes.module.css';

/** Why a list is empty and what fills it. */
export function EmptyNote(props: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <strong>{props.title}</strong>
      {props.children !== undefined && <span>{props.children}</span>}
    </div>
  );
}
