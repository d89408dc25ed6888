import { cancelRecovery, getRecovery } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatCountdown } from '../../format/duration.ts';
import { useAccount } from '../AccountProvider.tsx';
import classes from './RecoveryNotice.module.css';

/** On every page while somebody tries to take the account over by its guardians: the owner must see it and can refuse. */
export function RecoveryNotice() {
  const client = useClient();
  const { account } = useAccount();
  const { busy, runAs } = useActs();
  const now = useNow();
  const recovery = useQuery({
    queryKey: ['recovery', account?.address],
    queryFn: () => (account === null ? null : getRecovery(client, { account: account.address })),
    enabled: account !== null && client.config.accounts !== undefined,
    refetchInterval: 5_000,
  });
  const underWay = recovery.data?.underWay[0];
  if (underWay === undefined || recovery.data == null) return null;
  const { threshold } = recovery.data;
  return (
    <aside className={classes.notice} aria-label="Recovery under way">
      <IconAlertTriangle size={22} aria-hidden />
      <div>
        <strong>Your guardians are replacing all your devices</strong>
        <span>
          {underWay.readyAt === null
            ? `${underWay.supporters.length} of ${threshold} agree. If you did not ask for it, refuse.`
            : now < underWay.readyAt
              ? `Enough agree. It can be carried out in ${formatCountdown(underWay.readyAt - now)}. If you did not ask for it, refuse now.`
              : 'It can be carried out at any moment. If you did not ask for it, refuse now.'}
        </span>
      </div>
      <Button
        color="rust"
        disabled={busy}
        onClick={() =>
          void runAs('Refusing the recovery', (signing, options) => cancelRecovery(signing, options))
        }
      >
        Refuse it
      </Button>
    </aside>
  );
}
