import { useState } from 'react';
import classes from './notes.module.css';

/** Characters that are shown before somebody asks for the rest. */
const most = 400;

/** A text of any length, its beginning first: what others wrote may be as long as their format lets it. */
export function LongText(props: { text: string; name: string }) {
  const { text, name } = props;
  const [isWhole, setWhole] = useState(false);
  const letters = text.length <= most ? undefined : [...text];
  if (letters === undefined || letters.length <= most) return text;
  return (
    <>
      {isWhole ? text : `${letters.slice(0, most).join('')}… `}
      <button type="button" className={classes.more} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Show less' : `Show all ${letters.length.toLocaleString('en')} characters`}
        <span className="hidden-visually"> of {name}</span>
      </button>
    </>
  );
}
