import { grantMandate, type MandateState } from '@lichen/sdk';
import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { formatMoney, moneyFromDollars } from '../../format/money.ts';
import { Panel } from '../../parts/Panel.tsx';
import { daySeconds, type GrantWishes, termsOfWishes } from './grantTerms.ts';
import classes from './mandates.module.css';

const labels = { cover: 'Cover agent', pay: 'Paying agent' } as const;

const first: GrantWishes = {
  kind: 'cover',
  agent: '',
  label: labels.cover,
  receiver: '',
  perDay: 50,
  perCall: 25,
  callsPerDay: 5,
  days: 7,
};

/** Lets an agent act within bounds. Mandate and, where it is needed, the budget over all of them are one prompt. */
export function GrantForm(props: { budget: MandateState['budget'] | null }) {
  const client = useClient();
  const { busy, runAs } = useActs();
  const [wishes, setWishes] = useState(first);
  const change = (part: Partial<GrantWishes>) => setWishes({ ...wishes, ...part });
  const wanted = moneyFromDollars(wishes.perDay);
  // A budget over another period, such as that of the first session, is replaced by one of a day.
  const daily = props.budget?.period === daySeconds ? props.budget.amount : 0n;
  const raises = wanted > daily;
  const grant = async () => {
    const what = `Letting “${wishes.label.trim() || 'an agent'}” act`;
    const sent = await runAs(what, async (signing, options) =>
      grantMandate(
        signing,
        {
          // Checked before the prompt: nobody should touch for a form that is not complete.
          terms: termsOfWishes(client.addresses, wishes, Math.floor(Date.now() / 1000)),
          label: wishes.label.trim(),
          ...(raises ? { budget: { amount: wanted, period: daySeconds } } : {}),
        },
        options,
      ),
    );
    if (sent !== null) setWishes({ ...first, kind: wishes.kind, label: labels[wishes.kind] });
  };
  const amount = (value: string | number) => (typeof value === 'number' ? value : 0);
  return (
    <Panel
      title="Let an agent act"
      note="It can do this and nothing else, and you can take it back at any time."
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void grant();
        }}
      >
        <SegmentedControl
          aria-label="What the agent may do"
          fullWidth
          value={wishes.kind}
          onChange={(kind) =>
            change({
              kind: kind === 'pay' ? 'pay' : 'cover',
              label: labels[kind === 'pay' ? 'pay' : 'cover'],
            })
          }
          data={[
            { value: 'cover', label: 'Buy flight cover' },
            { value: 'pay', label: 'Pay somebody' },
          ]}
        />
        <TextInput
          label="Address of the agent"
          placeholder="0x…"
          value={wishes.agent}
          onChange={(event) => change({ agent: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          required
        />
        {wishes.kind === 'pay' && (
          <TextInput
            label="Whom it may pay"
            description="One address. It cannot pay anybody else."
            placeholder="0x…"
            value={wishes.receiver}
            onChange={(event) => change({ receiver: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
            required
          />
        )}
        <TextInput
          label="Your name for it"
          value={wishes.label}
          maxLength={40}
          onChange={(event) => change({ label: event.currentTarget.value })}
        />
        <div className={classes.pair}>
          <NumberInput
            label="At most a day"
            suffix=" pUSD"
            min={1}
            max={10_000}
            value={wishes.perDay}
            onChange={(value) => change({ perDay: amount(value) })}
          />
          <NumberInput
            label="At most each time"
            suffix=" pUSD"
            min={1}
            max={10_000}
            value={wishes.perCall}
            onChange={(value) => change({ perCall: amount(value) })}
          />
          <NumberInput
            label="Times a day"
            min={1}
            max={255}
            allowDecimal={false}
            value={wishes.callsPerDay}
            onChange={(value) => change({ callsPerDay: amount(value) })}
          />
          <NumberInput
            label="Ends after"
            suffix={wishes.days === 1 ? ' day' : ' days'}
            min={1}
            max={365}
            allowDecimal={false}
            value={wishes.days}
            onChange={(value) => change({ days: amount(value) })}
          />
        </div>
        <p className={classes.expiry}>
          {raises
            ? `Sets the budget for all your agents together to ${formatMoney(wanted)} a day.`
            : `It shares your budget of ${formatMoney(daily)} a day with all your other agents.`}
        </p>
        <Button type="submit" disabled={busy}>
          Let it act
        </Button>
      </form>
    </Panel>
  );
}
