import classes from './Mark.module.css';

export type Tone = 'calm' | 'alive' | 'good' | 'bad';

/** A word for a state with a shape beside it: colour is never the only sign. */
export function Mark(props: { tone: Tone; children: string }) {
  return (
    <span className={classes.mark} data-tone={props.tone}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        {props.tone === 'good' && <path d="M1.5 5.2 4 7.6 8.5 2.6" />}
        {props.tone === 'bad' && <path d="M2 2 8 8M8 2 2 8" />}
        {props.tone === 'alive' && <circle cx="5" cy="5" r="3.4" className={classes.full} />}
        {props.tone === 'calm' && <circle cx="5" cy="5" r="3" />}
      </svg>
      {props.children}
    </span>
  );
}
