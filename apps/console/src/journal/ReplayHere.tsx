import type { Decision } from '@lichen/protocol';
import type { JournalConfig } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { checkSign } from './decisionWords.ts';
import classes from './journal.module.css';
import { plainText } from './plainText.ts';
import type { TimedReplay } from './replayHere.ts';
import { replayVerdict, stepText } from './replayWords.ts';
import { formatMilliseconds } from './timeVerification.ts';

/** Runs a decision again in this browser from what lies beside the journal, and says what it came to. */
export function ReplayHere(props: { journal: JournalConfig; decision: Decision }) {
  const { gatewayUrl } = useClient();
  const { decision, journal } = props;
  const replay = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const { replayHere } = await import('./replayHere.ts');
      return replayHere({ decision, path: journal.path, gatewayUrl });
    },
  });
  return (
    <Panel
      title="Does it come out the same?"
      note="Your browser runs the recorded rules again, in a sandbox without clock, network or keys, on what was recorded."
    >
      <div className={classes.buttons}>
        <Button loading={replay.isPending} onClick={() => replay.mutate()}>
          Replay here
        </Button>
      </div>
      {replay.error !== null && (
        <div style={{ marginTop: 14 }}>
          <ErrorNote error={replay.error} />
        </div>
      )}
      <div role="status">{replay.data !== undefined && <ReplaySteps {...replay.data} />}</div>
    </Panel>
  );
}

function ReplaySteps({ report, milliseconds, gatheringMs }: TimedReplay) {
  const { tone, mark, text } = replayVerdict(report);
  return (
    <div style={{ marginTop: 16 }}>
      <p className={classes.verdict}>
        <Mark tone={tone}>{mark}</Mark>
        <span>
          {text}. Replayed in {formatMilliseconds(milliseconds)}, after {formatMilliseconds(gatheringMs)} of
          fetching.
        </span>
      </p>
      <ul className={classes.checks} aria-label="Steps of the replay">
        {report.steps.map(({ name, state, note, got, expected }, at) => {
          const { sign, word } = checkSign(state);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes its order.
            <li key={at} data-state={state}>
              <span aria-hidden="true">{sign}</span>
              <div>
                <strong>{stepText(name)}</strong>
                <span className="hidden-visually">, {word}: </span>
                <br />
                <span className="soft">
                  <LongText text={plainText(note)} name="what was found" />
                </span>
                {state === 'failed' && got !== undefined && (
                  <span className={classes.compared}>
                    <span>Recorded: {plainText(got)}</span>
                    {expected !== undefined && <span>Run again: {plainText(expected)}</span>}
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
