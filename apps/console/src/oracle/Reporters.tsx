import { listReporters } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { Waiting } from '../parts/Waiting.tsx';
import type { ToldRound } from './roundData.ts';

/** Who signs, what they stand to lose, and when each was last seen in a signed round. */
export function Reporters(props: { rounds: readonly ToldRound[] | undefined }) {
  const client = useClient();
  const now = useNow();
  const reporters = useQuery({
    queryKey: ['reporters'],
    queryFn: () => listReporters(client),
    refetchInterval: 15_000,
  });
  const lastSeen = (index: number) =>
    props.rounds?.find((round) => round.chain.signers.includes(index))?.observedTo;
  return (
    <Panel title="Reporters" note="A bond burns when its reporter signs what can be proven wrong.">
      {reporters.isPending && <Waiting rows={5} height={40} name="reporters" />}
      {reporters.isError && reporters.data === undefined && <ErrorNote error={reporters.error} />}
      {reporters.data !== undefined && (
        <Table name="Reporters">
          <thead>
            <tr>
              <th scope="col">Reporter</th>
              <th scope="col">Address</th>
              <th scope="col" className={table.number}>
                Bond
              </th>
              <th scope="col">Endpoint</th>
              <th scope="col" className={table.number}>
                Last signed
              </th>
            </tr>
          </thead>
          <tbody>
            {reporters.data.map((reporter) => {
              const seen = lastSeen(reporter.index);
              return (
                <tr key={reporter.address}>
                  <th scope="row">{reporter.index + 1}</th>
                  <td>
                    <Hash value={reporter.address} name={`address of reporter ${reporter.index + 1}`} />
                  </td>
                  <td className={table.number}>{formatMoney(reporter.bond)}</td>
                  <td>{reporter.endpoint.replace(/^https?:\/\//, '')}</td>
                  <td className={table.number}>
                    {seen === undefined ? 'not lately' : formatAgo(now - seen)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
