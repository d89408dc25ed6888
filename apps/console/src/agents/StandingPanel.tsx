import { listJournals } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { operatorsOf, writerName } from '../journal/decisionWords.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';

/** Where an agent's journal stands: its signed head, who witnessed it, what of it is on the chain. */
export function StandingPanel(props: { origin: string; journal: number | undefined }) {
  const client = useClient();
  const { config } = client;
  const now = useNow();
  const { origin, journal } = props;
  const journals = useQuery({
    queryKey: ['journals'],
    queryFn: () => listJournals(client),
    refetchInterval: 10_000,
  });
  const standing = journals.data?.find((candidate) => candidate.origin === origin);
  return (
    <Panel
      title="Its journal"
      note="Witnesses sign each head only if it goes on from the one before: nobody can rewrite it unseen."
      aside={
        journal !== undefined && (
          <Link to={`/journal/${journal}`} className="link">
            Open it
          </Link>
        )
      }
    >
      {journals.isPending && <Waiting rows={4} height={32} name="journal" />}
      {journals.isError && journals.data === undefined && <ErrorNote error={journals.error} />}
      {journals.data !== undefined && standing === undefined && (
        <EmptyNote title="The network names no journal of it" />
      )}
      {standing !== undefined && (
        <Facts
          columns={1}
          items={[
            [
              'Signed head',
              standing.head === undefined ? 'its writer does not answer' : `${standing.head.size} decisions`,
            ],
            [
              'Witnessed by',
              standing.witnessedBy.length === 0
                ? 'nobody yet'
                : `${standing.witnessedBy.length} of ${operatorsOf(config)} operators: ${standing.witnessedBy
                    .map((name) => writerName(config, name.slice(name.lastIndexOf('/') + 1)))
                    .sort()
                    .join(', ')}`,
            ],
            [
              'Last witnessed',
              standing.witnessedAt === undefined ? '–' : formatAgo(now - standing.witnessedAt),
            ],
            ...(standing.anchored === undefined
              ? [['On the chain', 'not yet'] as const]
              : [
                  [
                    'On the chain',
                    `the head of ${standing.anchored.size} decisions, in block ${standing.anchored.block}`,
                  ] as const,
                  [
                    'Anchored by',
                    <Hash
                      key="anchor"
                      value={standing.anchored.transaction}
                      name="transaction that anchored the journal"
                    />,
                  ] as const,
                ]),
          ]}
        />
      )}
    </Panel>
  );
}
