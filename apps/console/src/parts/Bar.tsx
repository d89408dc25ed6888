import classes from './Bar.module.css';

/** How much of a limit is used, with both numbers beside it: the bar alone says nothing to a screen reader. */
export function Bar(props: { name: string; used: number; of: number; text: string }) {
  const share = props.of <= 0 ? 1 : Math.min(1, Math.max(0, props.used / props.of));
  return (
    <div className={classes.bar}>
      <div className={classes.words}>
        <span>{props.name}</span>
        <strong>{props.text}</strong>
      </div>
      <div className={classes.lane} aria-hidden>
        <span style={{ width: `${share * 100}%` }} data-full={share >= 0.9} />
      </div>
    </div>
  );
}
