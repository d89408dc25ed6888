import { getPool } from '@lichen/sdk';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { formatMoney } from '../format/money.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Panel } from '../parts/Panel.tsx';

/** The money behind the promises, in one glance. */
export function PoolPanel() {
  const client = useClient();
  const pool = useQuery({ queryKey: ['pool'], queryFn: () => getPool(client), refetchInterval: 5_000 });
  const amount = (value: bigint | undefined) =>
    value === undefined ? <Skeleton width={96} height={22} /> : formatMoney(value);
  return (
    <Panel title="Behind your cover" note="Every live payout is set aside in full when it is sold.">
      {pool.isError && pool.data === undefined ? (
        <ErrorNote error={pool.error} />
      ) : (
        <Facts
          columns={1}
          items={[
            ['In the pool', amount(pool.data?.totalAssets)],
            ['Set aside for live cover', amount(pool.data?.totalReserved)],
            ['Free for new cover', amount(pool.data?.capacity)],
          ]}
        />
      )}
    </Panel>
  );
}
