import { type ReactNode, useState } from 'react';
import classes from './notes.module.css';

/** The first items of a list, and a button for the others. `children` gets the items that are shown. */
export function ShortList<Item>(props: {
  items: readonly Item[];
  most: number;
  /** What is counted: `checks`. */
  name: string;
  children: (shown: readonly Item[]) => ReactNode;
}) {
  const { items, most, name } = props;
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      {props.children(isWhole ? items : items.slice(0, most))}
      {items.length > most && (
        <div>
          <button type="button" className={classes.more} onClick={() => setWhole(!isWhole)}>
            {isWhole ? `Show fewer ${name}` : `Show all ${items.length} ${name}`}
          </button>
        </div>
      )}
    </>
  );
}
