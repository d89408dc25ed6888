import { getBalance, sendCalls } from '@lichen/sdk';
import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useAccount } from '../account/AccountProvider.tsx';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { faucetCall, gift } from '../cover/purchaseCalls.ts';
import { formatMoney } from '../format/money.ts';
import classes from './Balance.module.css';

/** The account's play money and a button for more of it; the way in for a visitor. */
export function Balance() {
  const client = useClient();
  const { account } = useAccount();
  const { busy, runAs } = useActs();
  const balance = useQuery({
    queryKey: ['balance', account?.address],
    queryFn: () => (account === null ? 0n : getBalance(client, { account: account.address })),
    refetchInterval: 5_000,
    enabled: account !== null,
  });
  if (account === null) {
    return (
      <Button component={Link} to="/account" variant="light" size="compact-md">
        Sign in
      </Button>
    );
  }
  return (
    <div className={classes.balance}>
      <Link to="/account" className={classes.amount} title="Your balance">
        <span className="hidden-visually">Your balance: </span>
        {balance.data === undefined ? <Skeleton width={84} height={18} /> : formatMoney(balance.data)}
      </Link>
      <Button
        variant="light"
        size="compact-md"
        disabled={busy}
        onClick={() =>
          void runAs(`Taking ${formatMoney(gift)} of play money`, (signing, options) =>
            sendCalls(signing, [faucetCall(client.addresses, gift)], options),
          )
        }
      >
        Get play money
      </Button>
    </div>
  );
}
