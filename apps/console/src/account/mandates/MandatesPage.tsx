import {
  type AccountClient,
  getMandateState,
  listMandates,
  pauseAccount,
  revokeAllMandates,
} from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatMoney } from '../../format/money.ts';
import { Bar } from '../../parts/Bar.tsx';
import { EmptyNote } from '../../parts/EmptyNote.tsx';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Waiting } from '../../parts/Waiting.tsx';
import { AccountLayout } from '../AccountLayout.tsx';
import { GrantForm } from './GrantForm.tsx';
import { MandateCard } from './MandateCard.tsx';
import { mandateMark } from './mandateMark.ts';
import classes from './mandates.module.css';
import { periodText } from './mandateWords.ts';

/** Base units of pUSD. A budget below it is that of a first session that buys nothing. */
const oneCent = 10_000n;

/** Every mandate of the account, read from the chain's events, and the two switches over all of them. */
export function MandatesPage() {
  return (
    <AccountLayout
      title="Who may act for me"
      lead="Agents act within bounds that the chain enforces: what, how much, how often, until when. This list is read from the chain itself."
    >
      {(account) => <Mandates account={account} />}
    </AccountLayout>
  );
}

function Mandates(props: { account: AccountClient }) {
  const { address } = props.account;
  const client = useClient();
  const { busy, runAs } = useActs();
  const now = useNow();
  const mandates = useQuery({
    queryKey: ['mandates', address],
    queryFn: () => listMandates(client, { account: address }),
    refetchInterval: 3_000,
  });
  const state = useQuery({
    queryKey: ['mandate-state', address],
    queryFn: () => getMandateState(client, { account: address, asset: client.addresses.playDollar }),
    refetchInterval: 3_000,
  });
  const all = [...(mandates.data ?? [])].reverse();
  const inForce = all.filter((mandate) => !mandateMark(mandate, now).ended);
  const ended = all.filter((mandate) => mandateMark(mandate, now).ended);
  const budget = state.data?.budget;
  const paused = state.data?.isPaused === true;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        {mandates.isPending && <Waiting rows={2} height={220} gap={20} name="mandates" />}
        {mandates.isError && mandates.data === undefined && <ErrorNote error={mandates.error} />}
        {mandates.data !== undefined && inForce.length === 0 && (
          <Panel title="In force">
            <EmptyNote title="Nobody may act for you">
              Let an agent act within bounds that you set; the chain refuses everything beyond them.
            </EmptyNote>
          </Panel>
        )}
        {inForce.map((mandate) => (
          <MandateCard key={mandate.id} mandate={mandate} allPaused={paused} />
        ))}
        {ended.length > 0 && (
          <details className={classes.ended}>
            <summary>{ended.length} that ended</summary>
            <div className={classes.stack}>
              {ended.map((mandate) => (
                <MandateCard key={mandate.id} mandate={mandate} allPaused={paused} />
              ))}
            </div>
          </details>
        )}
      </div>
      <div className={classes.stack}>
        <Panel
          title="All of them"
          aside={paused ? <Mark tone="alive">Everything is paused</Mark> : undefined}
        >
          <div className={classes.card}>
            {budget === undefined || budget.amount < oneCent ? (
              <p className={classes.expiry}>
                {state.isPending
                  ? 'Reading your budget…'
                  : 'No budget is set, so no agent can spend anything.'}
              </p>
            ) : (
              <Bar
                name={`All agents in ${periodText(budget.period)}`}
                used={Number(budget.amount - budget.left)}
                of={Number(budget.amount)}
                text={`${formatMoney(budget.amount - budget.left)} of ${formatMoney(budget.amount)}`}
              />
            )}
            <div className={classes.actions}>
              <Button
                variant="default"
                disabled={busy || state.data === undefined}
                onClick={() =>
                  void runAs(
                    paused ? 'Letting your agents go on' : 'Pausing everything',
                    (signing, options) => pauseAccount(signing, { paused: !paused }, options),
                  )
                }
              >
                {paused ? 'Let them go on' : 'Pause everything'}
              </Button>
              <Button
                variant="light"
                color="rust"
                disabled={busy || inForce.length === 0}
                onClick={() =>
                  void runAs('Revoking all', (signing, options) => revokeAllMandates(signing, options))
                }
              >
                Revoke all
              </Button>
            </div>
            <p className={classes.expiry}>
              Each is one touch. No agent can lift a pause, and what is revoked cannot come back.
            </p>
          </div>
        </Panel>
        <GrantForm budget={budget ?? null} />
      </div>
    </div>
  );
}
