import { useQuery } from '@tanstack/react-query';
import type { Address } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { formatMoney } from '../format/money.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { Waiting } from '../parts/Waiting.tsx';
import { readActivity } from './readActivity.ts';

/** What moved in and out lately. */
export function Activity(props: { account: Address }) {
  const client = useClient();
  const activity = useQuery({
    queryKey: ['activity', props.account],
    queryFn: () => readActivity(client, props.account, 20),
    refetchInterval: 5_000,
  });
  return (
    <Panel title="Activity" note="Money in and out, newest first, as the chain recorded it.">
      {activity.isPending && <Waiting rows={3} height={40} name="activity" />}
      {activity.isError && activity.data === undefined && <ErrorNote error={activity.error} />}
      {activity.data?.length === 0 && <EmptyNote title="Nothing has moved yet" />}
      {activity.data !== undefined && activity.data.length > 0 && (
        <Table name="Activity">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col" className={table.number}>
                Amount
              </th>
              <th scope="col">Transaction</th>
            </tr>
          </thead>
          <tbody>
            {activity.data.map((movement) => (
              <tr key={`${movement.block} ${movement.position}`}>
                <td>{movement.what}</td>
                <td className={table.number}>
                  {movement.amount > 0n && '+'}
                  {formatMoney(movement.amount)}
                </td>
                <td>
                  <Hash value={movement.transaction} name={`transaction in block ${movement.block}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
