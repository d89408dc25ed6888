import { type AccountClient, getRecovery } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../client/ClientProvider.tsx';
import { formatSpan } from '../../format/duration.ts';
import { EmptyNote } from '../../parts/EmptyNote.tsx';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Hash } from '../../parts/Hash.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Waiting } from '../../parts/Waiting.tsx';
import classes from '../AccountLayout.module.css';
import { AccountLayout } from '../AccountLayout.tsx';
import { Drill } from './Drill.tsx';
import { GuardianForm } from './GuardianForm.tsx';
import { HelpSomebody } from './HelpSomebody.tsx';
import { WhatComesBack } from './WhatComesBack.tsx';

/** Who can bring the account back, whether that would work today, and helping others as their guardian. */
export function GuardiansPage() {
  return (
    <AccountLayout
      title="Guardians"
      lead="People who can give you a new passkey when all devices are lost. Some of them must agree, a delay must pass, and any device of yours can refuse. They can never move your money."
    >
      {(account) => <Guardians account={account} />}
    </AccountLayout>
  );
}

function Guardians({ account }: { account: AccountClient }) {
  const client = useClient();
  const recovery = useQuery({
    queryKey: ['recovery', account.address],
    queryFn: () => getRecovery(client, { account: account.address }),
    refetchInterval: 5_000,
  });
  const { data } = recovery;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        <Panel
          title="Your guardians"
          note={
            data === undefined || data.guardians.length === 0
              ? undefined
              : `${data.threshold} of ${data.guardians.length} must agree; then ${formatSpan(data.delaySeconds)} pass in which you can refuse.`
          }
        >
          {recovery.isPending && <Waiting rows={2} height={44} name="guardians" />}
          {recovery.isError && data === undefined && <ErrorNote error={recovery.error} />}
          {data?.guardians.length === 0 && (
            <EmptyNote title="You have no guardians">Nobody could bring the account back.</EmptyNote>
          )}
          <ul className={classes.list}>
            {data?.guardians.map((guardian, position) => (
              <li key={guardian}>
                <strong>Guardian {position + 1}</strong>
                <Hash value={guardian} name={`address of guardian ${position + 1}`} />
              </li>
            ))}
          </ul>
        </Panel>
        {data !== undefined && <Drill account={account} recovery={data} />}
        <HelpSomebody account={account} />
      </div>
      <div className={classes.stack}>
        {data !== undefined && <GuardianForm recovery={data} />}
        <WhatComesBack />
      </div>
    </div>
  );
}
