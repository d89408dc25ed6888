import { getRound } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { formatChainTime } from '../format/moment.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './OraclePage.module.css';
import { QuestionOfRound } from './QuestionOfRound.tsx';
import { holdsRoot, isHeartbeat, type ToldRound } from './roundData.ts';
import { SignerDots } from './SignerDots.tsx';

const back = (
  <Link to="/oracle" className="back">
    ← All rounds
  </Link>
);

/** One round: its head on the chain, and everything that the reporters saw for it. */
export function RoundPage() {
  const client = useClient();
  const number = Number(useParams().round);
  const reading = useQuery({
    queryKey: ['round', number],
    queryFn: () => getRound(client, { round: number }),
    refetchInterval: 10_000,
  });
  if (reading.data === undefined) {
    return (
      <>
        <PageHead title={`Round ${number}`} above={back} />
        {reading.isError ? (
          <ErrorNote error={reading.error} />
        ) : (
          <Waiting rows={2} height={220} gap={20} name="round" />
        )}
      </>
    );
  }
  const { accepted } = reading.data;
  const data = reading.data.data as ToldRound | null;
  // The gateway knows the head of each round; the answers only while a reporter still keeps them.
  const told = data !== null && data.leaves.length === 0 && !isHeartbeat(accepted.root) ? null : data;
  return (
    <>
      <PageHead
        title={`Round ${number}`}
        above={back}
        lead={`Observed at ${formatChainTime(accepted.observedTo)}, accepted in block ${accepted.block}.`}
      />
      <div className={classes.stack}>
        <Panel title="On the chain">
          <Facts
            items={[
              [
                'Signatures',
                <span key="signers">
                  {accepted.signers.length} of {client.config.reporters.length}{' '}
                  <SignerDots signers={accepted.signers} reporters={client.config.reporters.length} />
                </span>,
              ],
              ['Merkle root', <Hash key="root" value={accepted.root} name="Merkle root" />],
              ['Data digest', <Hash key="digest" value={accepted.dataDigest} name="data digest" />],
              ['Transaction', <Hash key="transaction" value={accepted.transaction} name="transaction" />],
              [
                'Root computed here',
                told === null ? (
                  'no data kept'
                ) : holdsRoot(told, accepted.root) ? (
                  <Mark key="same" tone="good">
                    Equals the chain’s
                  </Mark>
                ) : (
                  <Mark key="differs" tone="bad">
                    Differs from the chain’s
                  </Mark>
                ),
              ],
            ]}
          />
        </Panel>
        {told === null || told.leaves.length === 0 ? (
          <Panel title="Answers">
            <EmptyNote
              title={told === null ? 'The reporters no longer keep this round' : 'This round is a heartbeat'}
            >
              {told === null
                ? 'Its root and signatures stay on the chain for good.'
                : 'No question was open.'}
            </EmptyNote>
          </Panel>
        ) : (
          told.leaves.map((leaf, index) => (
            <QuestionOfRound key={leaf.questionId} round={told} leaf={leaf} position={index + 1} />
          ))
        )}
      </div>
    </>
  );
}
