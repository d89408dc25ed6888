import { listDecisions } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { DecisionsTable } from '../journal/DecisionsTable.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';

const shown = 8;

/** The newest decisions of an agent, as its journal has them. */
export function NewestDecisions(props: { journal: number }) {
  const client = useClient();
  const name = String(props.journal);
  const now = useNow();
  const decisions = useQuery({
    queryKey: ['decisions', name, shown],
    queryFn: () => listDecisions(client, { journal: name, limit: shown }),
    refetchInterval: 3_000,
  });
  const listed = decisions.data ?? [];
  return (
    <Panel
      title="Newest decisions"
      note="Read from its journal and compared with the signed head by this browser."
      aside={
        <Link to={`/journal/${name}`} className="link">
          All decisions
        </Link>
      }
    >
      {decisions.isPending && <Waiting rows={shown} height={42} name="decisions" />}
      {decisions.isError && decisions.data === undefined && <ErrorNote error={decisions.error} />}
      {decisions.data?.length === 0 && <EmptyNote title="Nothing has been decided yet" />}
      {listed.length > 0 && (
        <DecisionsTable
          name="Newest decisions"
          journal={name}
          decisions={listed}
          about="choice"
          timeTitle="When"
          timeText={(ms) => formatAgo(now - Math.floor(ms / 1_000))}
        />
      )}
    </Panel>
  );
}
