import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconFingerprint, IconLoader2 } from '@tabler/icons-react';
import { useEffect } from 'react';
import { explainError } from '../parts/explainError.ts';
import classes from './ActBar.module.css';
import { useActs } from './ActProvider.tsx';
import { actText } from './actText.ts';

/** How long what is final stays to be read, milliseconds. An error stays until it is dismissed. */
const readingMs = 7_000;

/** What is being done and how far it is, above everything, so that nothing on the page moves for it. */
export function ActBar() {
  const { progress, dismiss } = useActs();
  const phase = progress?.phase;
  useEffect(() => {
    if (phase !== 'final') return;
    const timer = setTimeout(dismiss, readingMs);
    return () => clearTimeout(timer);
  }, [phase, dismiss]);
  const failure = progress?.phase === 'failed' ? explainError(progress.error) : null;
  return (
    <div className={classes.place}>
      {/* Present from the start: screen readers announce changes only of a live region that they know. */}
      <div role="status" className="hidden-visually">
        {progress !== null && failure === null && `${progress.what}. ${actText(progress)}`}
      </div>
      {progress !== null && (
        <div
          className={classes.bar}
          data-phase={progress.phase}
          {...(failure === null ? {} : { role: 'alert' })}
        >
          {phase === 'failed' ? (
            <IconAlertTriangle size={22} aria-hidden />
          ) : phase === 'final' ? (
            <IconCheck size={22} aria-hidden />
          ) : phase === 'asking' ? (
            <IconFingerprint size={22} aria-hidden />
          ) : (
            <IconLoader2 size={22} aria-hidden className={classes.turning} />
          )}
          <div aria-hidden={failure === null}>
            <strong>{failure?.summary ?? progress.what}</strong>
            <span>{failure?.next ?? actText(progress)}</span>
          </div>
          {(phase === 'failed' || phase === 'final') && (
            <CloseButton aria-label="Dismiss this message" onClick={dismiss} />
          )}
        </div>
      )}
    </div>
  );
}
