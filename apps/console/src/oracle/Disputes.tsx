import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { listDisputes } from './listDisputes.ts';

const rungs = ['Out of schema', 'Model run again on the chain', 'Signed evidence'];

/** Challenged answers and how they ended. */
export function Disputes() {
  const client = useClient();
  const disputes = useQuery({
    queryKey: ['disputes'],
    queryFn: () => listDisputes(client),
    refetchInterval: 5_000,
  });
  return (
    <Panel title="Disputes" note="Settled by running the model again or by signed evidence, never by a vote.">
      {disputes.isPending && <Waiting rows={2} height={60} name="disputes" />}
      {disputes.isError && disputes.data === undefined && <ErrorNote error={disputes.error} />}
      {disputes.data?.length === 0 && (
        <EmptyNote title="No answer has been disputed">
          Anyone can challenge an answer with a bond before it is final.
        </EmptyNote>
      )}
      {disputes.data !== undefined && disputes.data.length > 0 && (
        <Table name="Disputes">
          <thead>
            <tr>
              <th scope="col">Question</th>
              <th scope="col">Ground</th>
              <th scope="col">Challenger</th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            {disputes.data.map((dispute) => (
              <tr key={`${dispute.questionId} ${dispute.rung}`}>
                <td>
                  <Hash value={dispute.questionId} name="disputed question" />
                </td>
                <td>{rungs[dispute.rung] ?? `Rung ${dispute.rung}`}</td>
                <td>
                  {dispute.challenger === null ? '–' : <Hash value={dispute.challenger} name="challenger" />}
                </td>
                <td>
                  {dispute.overturned === null ? (
                    <Mark tone="alive">Open</Mark>
                  ) : dispute.overturned ? (
                    <Mark tone="bad">Answer overturned</Mark>
                  ) : (
                    <Mark tone="good">Answer confirmed</Mark>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
