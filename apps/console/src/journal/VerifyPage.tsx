import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { verifyFiles } from './chosenFiles.ts';
import { agentName, formatMoment, kindText, shortText } from './decisionWords.ts';
import { downloadText } from './downloadText.ts';
import classes from './journal.module.css';
import { PolicyNote } from './PolicyNote.tsx';
import { plainText } from './plainText.ts';
import { ReceiptChecks } from './ReceiptChecks.tsx';
import { usePolicy } from './usePolicy.ts';
import { usePreparedVerifier } from './usePreparedVerifier.ts';

/** Verifies a receipt from files; once the page is loaded it needs no network. */
export function VerifyPage() {
  const { config } = useClient();
  const { standing, accept } = usePolicy();
  usePreparedVerifier();
  const [receipt, setReceipt] = useState<File>();
  const [policy, setPolicy] = useState<File>();
  const [decision, setDecision] = useState<File>();
  // Each choice is another verification, also of a file that was chosen before and has changed since.
  const [choice, setChoice] = useState(0);
  const kept = standing?.kept;
  const verification = useQuery({
    queryKey: ['verification', choice, kept?.text],
    queryFn: () => verifyFiles({ receipt: receipt!, policy, decision }, kept?.text),
    enabled: receipt !== undefined,
    // Files are at hand whether or not there is a network.
    networkMode: 'always',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const choose = (set: (file: File | undefined) => void) => (file: File | undefined) => {
    set(file);
    setChoice((before) => before + 1);
  };
  const found = receipt === undefined ? undefined : verification.data;
  const told = found?.report.decision;
  return (
    <>
      <PageHead
        title="Verify"
        above={
          <Link to="/journal" className="back">
            ← Journal
          </Link>
        }
        lead="Checks a receipt from a file, in this browser and without the network: switch it off and try. Nothing leaves this page."
      />
      <div className={classes.stack}>
        <PolicyNote standing={standing} accept={accept} />
        <div className={classes.columns}>
          <div className={classes.stack}>
            <Panel
              title="Receipt"
              note="A file such as decision-7.tlog-proof. Choose it, or drop it on the field."
            >
              <FileField name="Receipt file" choose={choose(setReceipt)} />
            </Panel>
            <Panel title="What was found">
              {receipt === undefined && (
                <EmptyNote title="No receipt is chosen yet">
                  A decision’s page hands out its receipt, and so does the command line.
                </EmptyNote>
              )}
              {receipt !== undefined && verification.isError && <ErrorNote error={verification.error} />}
              <div role="status">
                {found !== undefined && (
                  <>
                    <p className={classes.none}>
                      {plainText(receipt?.name ?? '')}, against{' '}
                      {policy === undefined ? 'the policy of this network' : plainText(policy.name)}
                    </p>
                    <ReceiptChecks {...found} isOwnPolicy={policy === undefined} />
                  </>
                )}
              </div>
              {told !== undefined && (
                <div style={{ marginTop: 20 }}>
                  <Facts
                    items={[
                      ['Kind', kindText(told.kind)],
                      ['Of', agentName(config, told)],
                      ['Time', formatMoment(told.time)],
                      ['What it was at', shortText(told.task)],
                      ['What it chose', shortText(told.choice)],
                    ]}
                  />
                </div>
              )}
            </Panel>
          </div>
          <Panel title="Whom you trust" note="Nothing needs to be chosen here.">
            <div className={classes.files}>
              <FileField
                name="Trust policy (optional)"
                note={
                  kept === undefined
                    ? 'This network keeps no journals, so choose whom you trust.'
                    : `Without one: the policy of this network, as this browser remembers it since ${formatMoment(kept.since)}.`
                }
                choose={choose(setPolicy)}
              />
              <FileField
                name="Decision (optional)"
                note="Only for a receipt that does not carry its decision."
                choose={choose(setDecision)}
              />
              {kept !== undefined && (
                <div>
                  <Button variant="default" onClick={() => downloadText('lichen.policy', kept.text)}>
                    Download this network’s policy
                  </Button>
                </div>
              )}
            </div>
          </Panel>
        </div>
      </div>
    </>
  );
}

/** A browser's own file field: it takes drops, keys and screen readers by itself. */
function FileField(props: { name: string; note?: string; choose: (file: File | undefined) => void }) {
  const id = useId();
  return (
    <div className={classes.file}>
      <label htmlFor={id}>{props.name}</label>
      {props.note !== undefined && (
        <span id={`${id}-note`} className="soft">
          {props.note}
        </span>
      )}
      <input
        id={id}
        type="file"
        aria-describedby={props.note === undefined ? undefined : `${id}-note`}
        onChange={(event) => props.choose(event.currentTarget.files?.[0])}
      />
    </div>
  );
}
