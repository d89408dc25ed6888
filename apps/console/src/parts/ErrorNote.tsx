import { IconAlertTriangle } from '@tabler/icons-react';
import { explainError } from './explainError.ts';
import classes from './notes.module.css';

/** What went wrong in one sentence, and what to do next in another. */
export function ErrorNote(props: { error: unknown }) {
  const { summary, next } = explainError(props.error);
  return (
    <div role="alert" className={classes.error}>
      <IconAlertTriangle size={20} aria-hidden />
      <div>
        <strong>{summary}</strong>
        <span>{next}</span>
      </div>
    </div>
  );
}
