import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { readHead } from './readHead.ts';

/** Blocks come every second; older than this many seconds, the chain stands still. */
const staleAfter = 10;

/** The chain's newest block and round, and whether they are fresh. */
export function ChainPanel() {
  const client = useClient();
  const now = useNow();
  const head = useQuery({ queryKey: ['head'], queryFn: () => readHead(client), refetchInterval: 1_000 });
  const age = head.data === undefined ? 0 : Math.max(0, now - head.data.at);
  const waiting = <Skeleton width={110} height={20} />;
  return (
    <Panel
      title="Chain"
      aside={
        head.data !== undefined &&
        (age > staleAfter ? <Mark tone="bad">Stands still</Mark> : <Mark tone="good">Moving</Mark>)
      }
    >
      {head.isError && <ErrorNote error={head.error} />}
      <Facts
        columns={1}
        items={[
          ['Newest block', head.data === undefined ? waiting : head.data.block.toLocaleString('en')],
          ['Its age', head.data === undefined ? waiting : formatAgo(age)],
          [
            'Transactions in it',
            head.data === undefined ? waiting : `${head.data.transactions} transactions`,
          ],
          [
            'Gas used in it',
            head.data === undefined ? waiting : `${head.data.gasUsed.toLocaleString('en')} gas`,
          ],
          ['Last report', head.data === undefined ? waiting : formatAgo(now - head.data.lastReportAt)],
        ]}
      />
    </Panel>
  );
}
