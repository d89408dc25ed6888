import { getBalance, sendCalls } from '@lichen/sdk';
import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { faucetCall, gift } from '../cover/purchaseCalls.ts';
import { usePolicies } from '../cover/usePolicies.ts';
import { shortenHash } from '../format/hash.ts';
import { formatMoney } from '../format/money.ts';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Panel } from '../parts/Panel.tsx';
import classes from './AccountLayout.module.css';
import { AccountLayout } from './AccountLayout.tsx';
import { useAccount } from './AccountProvider.tsx';
import { Activity } from './Activity.tsx';

/** Address, balance and activity of the account in use, and the others of this browser. */
export function AccountPage() {
  return (
    <AccountLayout
      title="Account"
      lead="A contract on the chain that only your passkeys move. What it holds and does is public; who you are is not."
    >
      {() => <OwnAccount />}
    </AccountLayout>
  );
}

function OwnAccount() {
  const client = useClient();
  const { account, known, others, remember, forget } = useAccount();
  const { busy, runAs } = useActs();
  const policies = usePolicies();
  const balance = useQuery({
    queryKey: ['balance', account?.address],
    queryFn: () => (account === null ? 0n : getBalance(client, { account: account.address })),
    refetchInterval: 5_000,
  });
  if (account === null || known === null) return null;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        <Panel title="Balance" note="Play money of this network. It has no value.">
          <div className={classes.inner}>
            <p className={classes.balance}>
              {balance.data === undefined ? <Skeleton width={180} height={42} /> : formatMoney(balance.data)}
            </p>
            <div className={classes.actions}>
              <Button
                variant="light"
                disabled={busy}
                onClick={() =>
                  void runAs(`Taking ${formatMoney(gift)} of play money`, (signing, options) =>
                    sendCalls(signing, [faucetCall(client.addresses, gift)], options),
                  )
                }
              >
                Get {formatMoney(gift)} of play money
              </Button>
            </div>
          </div>
        </Panel>
        <Activity account={account.address} />
      </div>
      <div className={classes.stack}>
        <Panel title={known.name} note="Your name for it. It stays on this device.">
          <Facts
            columns={1}
            items={[
              ['Address', <Hash key="address" value={account.address} name="your address" />],
              ['Signs with', `passkey ${known.index + 1}, on this device`],
              ['Covers', policies.data === undefined ? '…' : `${policies.data.length}`],
            ]}
          />
          <div className={classes.inner}>
            <div className={classes.actions}>
              <Button variant="default" mt="sm" disabled={busy} onClick={() => forget(account.address)}>
                Sign out
              </Button>
            </div>
            <p className={classes.note}>
              Signing out forgets the account on this device. The passkey stays and signs you in again; a
              sealed vault key stays too.
            </p>
          </div>
        </Panel>
        {others.length > 0 && (
          <Panel title="Other accounts of this browser">
            <ul className={classes.list}>
              {others.map((other) => (
                <li key={other.address}>
                  <span className={classes.who}>
                    <strong>{other.name}</strong>
                    <span>{shortenHash(other.address)}</span>
                  </span>
                  <Button variant="default" size="compact-md" disabled={busy} onClick={() => remember(other)}>
                    Use <span className="hidden-visually">{other.name}</span>
                  </Button>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </div>
  );
}
