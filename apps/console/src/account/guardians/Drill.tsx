import type { AccountClient, AccountRecovery } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../client/ClientProvider.tsx';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import { drillFindings } from './drillFindings.ts';
import { readDrill } from './readDrill.ts';

/** Would a recovery work today? Looks at everything that it would need, and changes nothing. */
export function Drill({ account, recovery }: { account: AccountClient; recovery: AccountRecovery }) {
  const client = useClient();
  const drill = useQuery({
    queryKey: ['drill', account.address],
    queryFn: () => readDrill(client, account, recovery),
    enabled: false,
  });
  return (
    <Panel
      title="Recovery drill"
      note="As if you had lost everything now. It only looks: nothing is signed and nothing changes."
      aside={
        <Button variant="default" loading={drill.isFetching} onClick={() => void drill.refetch()}>
          Run the drill
        </Button>
      }
    >
      <div role="status">
        {drill.isError && <ErrorNote error={drill.error} />}
        {drill.data !== undefined && (
          <ul className={classes.points}>
            {drillFindings(drill.data).map((finding) => (
              <li key={finding.text}>
                <Mark tone={finding.tone}>{finding.mark}</Mark>
                <span>{finding.text}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
