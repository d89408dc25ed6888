import type { AgentConfig, AuditFinding } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { shortText } from '../journal/decisionWords.ts';
import { plainText } from '../journal/plainText.ts';
import { formatMilliseconds } from '../journal/timeVerification.ts';
import { usePolicy } from '../journal/usePolicy.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import classes from './agents.module.css';
import type { TimedAudit } from './auditHere.ts';
import { auditVerdict, checkName, checkState, countsText, progressText } from './auditWords.ts';

/** Findings that are shown; a journal that is wrong from end to end has one for each decision. */
const mostShown = 40;

/** Audits an agent in this browser: its whole journal against every transaction that the chain has of it. */
export function AuditPanel(props: { agent: AgentConfig; journal: number | undefined }) {
  const client = useClient();
  const { agent, journal } = props;
  const { standing } = usePolicy();
  const [progress, setProgress] = useState('');
  const audit = useMutation({
    onMutate: () => setProgress(''),
    networkMode: 'always',
    mutationFn: async () => {
      const { auditHere } = await import('./auditHere.ts');
      return auditHere(client, agent, standing?.kept.text, (progress) => setProgress(progressText(progress)));
    },
  });
  return (
    <Panel
      title="Audit it"
      note="Your browser reads the whole journal and every transaction of the agent on the chain, compares them, and runs some decisions again."
    >
      <div className={classes.buttons}>
        <Button loading={audit.isPending} onClick={() => audit.mutate()}>
          Audit here
        </Button>
      </div>
      {audit.error !== null && (
        <div style={{ marginTop: 14 }}>
          <ErrorNote error={audit.error} />
        </div>
      )}
      <div role="status">
        {audit.isPending && <p className={classes.progress}>{progress}</p>}
        {audit.data !== undefined && <AuditResult audit={audit.data} journal={journal} />}
      </div>
    </Panel>
  );
}

function AuditResult(props: { audit: TimedAudit; journal: number | undefined }) {
  const { report, milliseconds } = props.audit;
  const { tone, mark, text } = auditVerdict(report);
  const { findings } = report;
  return (
    <div style={{ marginTop: 16 }}>
      <p className={classes.verdict}>
        <Mark tone={tone}>{mark}</Mark>
        <span>
          {text}, in {formatMilliseconds(milliseconds)}.
        </span>
      </p>
      <p className={classes.small}>{countsText(report)}</p>
      {findings.length > 0 && (
        <ul className={classes.findings} aria-label="Findings">
          {findings.slice(0, mostShown).map((finding, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes its order.
            <Finding key={at} finding={finding} journal={props.journal} />
          ))}
        </ul>
      )}
      {findings.length > mostShown && (
        <p className={classes.small}>
          The first {mostShown} of {findings.length.toLocaleString('en')} findings are shown; `lichen audit`
          writes all of them.
        </p>
      )}
      <details className={classes.looked}>
        <summary>What was looked at</summary>
        <ul aria-label="What was looked at">
          {report.checks.map(({ name, state, note }) => {
            const { sign, word } = checkState(state);
            return (
              <li key={name}>
                <span aria-hidden>{sign}</span>
                <div>
                  <strong>{checkName(name)}</strong>
                  <span className="hidden-visually">, {word}: </span>
                  <br />
                  <span className="soft">{plainText(note)}</span>
                </div>
              </li>
            );
          })}
        </ul>
      </details>
    </div>
  );
}

function Finding(props: { finding: AuditFinding; journal: number | undefined }) {
  const { code, severity, what, where, next, got, expected } = props.finding;
  return (
    <li data-severity={severity}>
      <strong>
        {severity === 'fault' ? 'Fault' : 'Warning'}: {plainText(what)}
      </strong>
      {got !== undefined && (
        <span>
          Found: <LongText text={shortText(got)} name="what was found" />
        </span>
      )}
      {expected !== undefined && (
        <span>
          Expected: <LongText text={shortText(expected)} name="what was expected" />
        </span>
      )}
      <span className="soft">{plainText(next)}</span>
      <span className={classes.small}>
        {plainText(code)}
        {where.index !== undefined && (
          <>
            {', '}
            {props.journal === undefined ? (
              `decision ${where.index}`
            ) : (
              <Link to={`/journal/${props.journal}/${where.index}`} className="link">
                decision {where.index}
              </Link>
            )}
          </>
        )}
        {where.block !== undefined && `, block ${where.block}`}
        {where.transaction !== undefined && (
          <>
            {', '}
            <Hash value={where.transaction} name="transaction of the finding" />
          </>
        )}
      </span>
    </li>
  );
}
