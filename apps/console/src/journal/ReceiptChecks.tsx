import { Mark } from '../parts/Mark.tsx';
import { checkSign, checkText, detailText } from './decisionWords.ts';
import classes from './journal.module.css';
import { formatMilliseconds, type TimedReport } from './timeVerification.ts';

/** The verdict on a receipt, the time it took, and every check with what was found. */
export function ReceiptChecks(props: TimedReport & { isOwnPolicy: boolean }) {
  const { checks, isValid } = props.report;
  const failed = checks.filter(({ state }) => state === 'failed').length;
  return (
    <div style={{ marginTop: 16 }}>
      <p className={classes.verdict}>
        <Mark tone={isValid ? 'good' : 'bad'}>{isValid ? 'Valid' : 'Not valid'}</Mark>
        <span>
          {isValid
            ? 'Everything needed holds'
            : failed === 1
              ? 'One check failed'
              : `${failed} checks failed`}
          , checked in {formatMilliseconds(props.milliseconds)} in this browser.
        </span>
      </p>
      <ul className={classes.checks} aria-label="Checks">
        {checks.map(({ name, state, detail }, at) => {
          const { sign, word } = checkSign(state);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes its order.
            <li key={at} data-state={state}>
              <span aria-hidden="true">{sign}</span>
              <div>
                <strong>{checkText(name)}</strong>
                <span className="hidden-visually">, {word}: </span>
                <br />
                <span className="soft">{detailText(detail, props.isOwnPolicy)}</span>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
