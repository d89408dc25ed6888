import { listDecisions } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { LostPage } from '../app/LostPage.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { DecisionsTable } from './DecisionsTable.tsx';
import { formatMoment, journalName } from './decisionWords.ts';
import classes from './journal.module.css';

/** Decisions that one read of a journal gives at most. */
const mostListed = 256;
const step = 25;

/** The newest decisions of one journal, newest first, each leading to all that is known of it. */
export function DecisionsPage() {
  const client = useClient();
  const name = useParams().journal ?? '';
  const journal = client.config.journals[Number(name) - 1];
  const [limit, setLimit] = useState(step);
  const decisions = useQuery({
    queryKey: ['decisions', name, limit],
    queryFn: () => listDecisions(client, { journal: name, limit }),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    enabled: journal !== undefined,
  });
  if (journal === undefined) return <LostPage />;
  const listed = decisions.data ?? [];
  return (
    <>
      <PageHead
        title={`Journal of ${journalName(client.config, journal)}`}
        above={
          <Link to="/journal" className="back">
            ← All journals
          </Link>
        }
        lead="Read from the journal and compared with its signed head by this browser: what is listed is what was signed."
      />
      <Panel title="Decisions" note="Newest first. Refusals are recorded, too.">
        {decisions.isPending && <Waiting rows={10} height={42} name="decisions" />}
        {decisions.isError && decisions.data === undefined && <ErrorNote error={decisions.error} />}
        {decisions.data?.length === 0 && (
          <EmptyNote title="Nothing has been decided yet">
            The first decision comes with the first round, within a minute of the start.
          </EmptyNote>
        )}
        {listed.length > 0 && (
          <div className={classes.stack}>
            <DecisionsTable
              name="Decisions"
              journal={name}
              decisions={listed}
              about="task"
              timeTitle="Time"
              timeText={formatMoment}
              hasTransactions
            />
            {listed.length >= limit && limit < mostListed && (
              <div>
                <Button
                  variant="default"
                  loading={decisions.isPlaceholderData}
                  onClick={() => setLimit(Math.min(mostListed, limit + step))}
                >
                  Show older ones
                </Button>
              </div>
            )}
          </div>
        )}
      </Panel>
    </>
  );
}
