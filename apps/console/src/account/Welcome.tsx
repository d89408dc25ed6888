import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { firstMoney } from '../cover/purchaseCalls.ts';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import classes from './AccountLayout.module.css';
import { NoPasskeys } from './NoPasskeys.tsx';
import { defaultPasskeyName, PasskeyName } from './PasskeyName.tsx';
import { canUsePasskeys } from './passkeys/ceremonyError.ts';
import { useCreateAccount } from './useCreateAccount.ts';
import { useSignIn } from './useSignIn.ts';

/** The way in: a new account by one touch, or the account that one has. */
export function Welcome(props: { title: string }) {
  const { addresses } = useClient();
  const { busy } = useActs();
  const createAccount = useCreateAccount();
  const signIn = useSignIn();
  const [name, setName] = useState('');
  return (
    <>
      <PageHead
        title={props.title}
        lead="An account of your own: no password, no seed phrase, no fees. Your finger, face or screen lock is the key, and it never leaves your device."
      />
      {canUsePasskeys() ? (
        <div className={classes.columns}>
          <Panel title="Create an account" note="One touch. Play money is included.">
            <form
              className={classes.inner}
              onSubmit={(event) => {
                event.preventDefault();
                void createAccount(
                  'Creating your account',
                  name.trim() || defaultPasskeyName(),
                  firstMoney(addresses),
                );
              }}
            >
              <PasskeyName value={name} onChange={setName} />
              <Button type="submit" size="md" disabled={busy}>
                Create your account
              </Button>
            </form>
          </Panel>
          <div className={classes.stack}>
            <Panel
              title="I have an account"
              note="On this device, or with a passkey that your devices share."
            >
              <div className={classes.inner}>
                <Button variant="light" size="md" disabled={busy} onClick={() => void signIn()}>
                  Sign in
                </Button>
                <p className={classes.note}>
                  Is it on another device only? Open “Devices” there, and let it add this one.
                </p>
              </div>
            </Panel>
            <Panel title="I lost all my devices">
              <p className={classes.note}>
                Your guardians can bring the account back to a new passkey.{' '}
                <Link to="/recover" className="link">
                  Start a recovery
                </Link>
              </p>
            </Panel>
          </div>
        </div>
      ) : (
        <Panel title="Passkeys">
          <NoPasskeys />
        </Panel>
      )}
    </>
  );
}
