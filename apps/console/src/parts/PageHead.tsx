import type { ReactNode } from 'react';
import { useEffect } from 'react';
import classes from './PageHead.module.css';

/** The page's one first-level heading and its lead; also names the browser tab. */
export function PageHead(props: { title: string; lead?: ReactNode; above?: ReactNode; aside?: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Lichen`;
  }, [props.title]);
  return (
    <header className={classes.head}>
      <div>
        {props.above}
        <h1>{props.title}</h1>
        {props.lead !== undefined && <p>{props.lead}</p>}
      </div>
      {props.aside}
    </header>
  );
}
