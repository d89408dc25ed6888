import { faucet, getBalance } from '@lichen/sdk';
import { Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { formatMoney, oneDollar } from '../format/money.ts';
import { explainError } from '../parts/explainError.ts';
import classes from './Balance.module.css';

const gift = 1_000n * oneDollar;

/** The buyer's play money, and a button for more of it. */
export function Balance() {
  const client = useClient();
  const queries = useQueryClient();
  const balance = useQuery({
    queryKey: ['balance'],
    queryFn: () => getBalance(client, {}),
    refetchInterval: 5_000,
  });
  const more = useMutation({
    mutationFn: () => faucet(client, { amount: gift }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['balance'] });
      notifications.show({ message: `${formatMoney(gift)} of play money arrived.` });
    },
    onError: (error) => {
      const { summary, next } = explainError(error);
      notifications.show({ color: 'rust', title: summary, message: next });
    },
  });
  return (
    <div className={classes.balance}>
      <span className={classes.amount} title="Your balance">
        <span className="hidden-visually">Your balance: </span>
        {balance.data === undefined ? <Skeleton width={84} height={18} /> : formatMoney(balance.data)}
      </span>
      <Button variant="light" size="compact-md" onClick={() => more.mutate()} loading={more.isPending}>
        Get play money
      </Button>
    </div>
  );
}
