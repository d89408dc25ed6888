import classes from './SignerDots.module.css';

/** One dot for each reporter, full when it signed. */
export function SignerDots(props: { signers: readonly number[]; reporters: number }) {
  const dots = Array.from({ length: props.reporters }, (_, index) => index);
  const missing = dots.filter((index) => !props.signers.includes(index));
  return (
    <span
      className={classes.dots}
      role="img"
      aria-label={`${props.signers.length} of ${props.reporters} reporters signed${
        missing.length === 0 ? '' : `; missing: ${missing.map((index) => `reporter ${index + 1}`).join(', ')}`
      }`}
    >
      {dots.map((index) => (
        <i key={index} data-signed={props.signers.includes(index)} title={`Reporter ${index + 1}`} />
      ))}
    </span>
  );
}
