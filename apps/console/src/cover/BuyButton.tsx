import { type CoverQuote, getBalance, sendCalls } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Hex } from 'viem';
import { useAccount } from '../account/AccountProvider.tsx';
import { NoPasskeys } from '../account/NoPasskeys.tsx';
import { defaultPasskeyName, PasskeyName } from '../account/PasskeyName.tsx';
import { canUsePasskeys } from '../account/passkeys/ceremonyError.ts';
import { useCreateAccount } from '../account/useCreateAccount.ts';
import { useSignIn } from '../account/useSignIn.ts';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { formatMoney } from '../format/money.ts';
import classes from './BuyButton.module.css';
import { policyOfReceipt } from './policyOfReceipt.ts';
import { firstPurchase, purchaseCalls } from './purchaseCalls.ts';

/**
 * The purchase: one touch for whoever has an account, and one for whoever has none yet. A purchase that failed asks for
 * a new quote, since most reasons (a moved price, an expired quote) need one.
 */
export function BuyButton(props: { quote: CoverQuote | undefined; onQuoteSpent: () => void }) {
  const { quote } = props;
  const client = useClient();
  const { account } = useAccount();
  const { busy, runAs } = useActs();
  const createAccount = useCreateAccount();
  const signIn = useSignIn();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const follow = async (policyId: Hex | null) => {
    if (policyId === null) props.onQuoteSpent();
    else await navigate(`/cover/policies/${policyId}`);
  };
  const price = quote === undefined ? '' : ` for ${formatMoney(quote.parts.premium)}`;
  if (account !== null) {
    return (
      <Button
        size="lg"
        fullWidth
        disabled={quote === undefined}
        loading={busy}
        onClick={async () => {
          if (quote === undefined) return;
          await follow(
            await runAs('Buying cover', async (signing, options) => {
              const balance = await getBalance(client, { account: signing.address });
              const sent = await sendCalls(signing, purchaseCalls(client.addresses, quote, balance), options);
              return policyOfReceipt(sent, signing.address);
            }),
          );
        }}
      >
        {quote === undefined ? 'Buy cover' : `Buy${price}`}
      </Button>
    );
  }
  if (!canUsePasskeys()) return <NoPasskeys />;
  return (
    <div className={classes.newcomer}>
      <Button
        size="lg"
        fullWidth
        disabled={quote === undefined}
        loading={busy}
        onClick={async () => {
          if (quote === undefined) return;
          const sent = await createAccount(
            'Creating your account and buying',
            name.trim() === '' ? defaultPasskeyName() : name.trim(),
            firstPurchase(client.addresses, quote),
          );
          await follow(sent === null ? null : policyOfReceipt(sent, sent.account.address));
        }}
      >
        {quote === undefined ? 'Create your account and buy' : `Create your account and buy${price}`}
      </Button>
      <p>
        One touch of your finger, face or screen lock does both. No password, no fee, play money included; the
        key stays on your device.
      </p>
      <details>
        <summary>Name it yourself</summary>
        <PasskeyName value={name} onChange={setName} />
      </details>
      <Button variant="subtle" fullWidth disabled={busy} onClick={() => void signIn()}>
        I have an account
      </Button>
    </div>
  );
}
