import { listDecisions } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { briefText, kindText, resultMark, resultOf } from '../journal/decisionWords.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './agents.module.css';

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
        <Table name="Newest decisions">
          <thead>
            <tr>
              <th scope="col">Decision</th>
              <th scope="col">When</th>
              <th scope="col">Kind</th>
              <th scope="col">What it chose</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {listed.map((entry) => {
              const { decision, index } = entry;
              const result = resultOf(listed, entry);
              const mark = result && resultMark(result);
              return (
                <tr key={index}>
                  <th scope="row">
                    <Link to={`/journal/${name}/${index}`} className="link">
                      {index}
                    </Link>
                  </th>
                  <td className={classes.steady}>{formatAgo(now - Math.floor(decision.time / 1_000))}</td>
                  <td>{kindText(decision.kind)}</td>
                  <td className={classes.wide}>{briefText(decision.choice)}</td>
                  <td>{mark === null ? '–' : <Mark tone={mark.tone}>{mark.text}</Mark>}</td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
