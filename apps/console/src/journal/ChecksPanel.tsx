import type { DecisionCheck } from '@lichen/protocol';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ShortList } from '../parts/ShortList.tsx';
import { checkMeasure } from './checkMeasure.ts';
import classes from './journal.module.css';

/** The rules with a limit that were looked at: what was found, the limit, whether it passed. The failed ones come first. */
export function ChecksPanel(props: { checks: readonly DecisionCheck[] }) {
  const all = props.checks.map((check, at) => ({ ...checkMeasure(check), passed: check.passed, at }));
  const ordered = [...all.filter(({ passed }) => !passed), ...all.filter(({ passed }) => passed)];
  const failed = all.filter(({ passed }) => !passed).length;
  return (
    <Panel
      title="What it checked"
      note="A bar is what was found; the line on it is the limit."
      aside={
        all.length === 0 ? undefined : (
          <span className="soft">
            {all.length - failed} of {all.length} passed
          </span>
        )
      }
    >
      {all.length === 0 ? (
        <EmptyNote title="No rule with a limit was looked at" />
      ) : (
        <ShortList items={ordered} most={20} name="checks">
          {(shown) => (
            <ol className={classes.measures}>
              {shown.map(({ name, got, limit, bar, passed, at }) => (
                <li key={at}>
                  <div className={classes.measureHead}>
                    <strong>
                      <LongText text={name} name={`rule ${at + 1}`} />
                    </strong>
                    <Mark tone={passed ? 'good' : 'bad'}>{passed ? 'Passed' : 'Not passed'}</Mark>
                  </div>
                  {bar !== undefined && (
                    <div className={classes.lane} aria-hidden>
                      <span style={{ width: `${bar.got * 100}%` }} data-passed={passed} />
                      <i style={{ left: `${bar.limit * 100}%` }} />
                    </div>
                  )}
                  <p>
                    <span>
                      Found{' '}
                      <b>
                        <LongText text={got} name={`what rule ${at + 1} found`} />
                      </b>
                    </span>
                    <span>
                      Limit{' '}
                      <b>
                        <LongText text={limit} name={`limit of rule ${at + 1}`} />
                      </b>
                    </span>
                  </p>
                </li>
              ))}
            </ol>
          )}
        </ShortList>
      )}
    </Panel>
  );
}
