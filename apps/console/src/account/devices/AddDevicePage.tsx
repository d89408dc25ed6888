import { Button } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { getAddress, isAddress } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { EmptyNote } from '../../parts/EmptyNote.tsx';
import { Hash } from '../../parts/Hash.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import { NoPasskeys } from '../NoPasskeys.tsx';
import { canUsePasskeys } from '../passkeys/ceremonyError.ts';
import { useOfferedPasskey } from '../passkeys/useOfferedPasskey.ts';
import { OfferHandover } from './OfferHandover.tsx';

/** The new device's side: makes a passkey for the account in the link, shows its code, and waits to be let in. */
export function AddDevicePage() {
  const wanted = useLocation().hash.slice(1);
  const { busy } = useActs();
  const { offer, taken, make } = useOfferedPasskey();
  const account = isAddress(wanted) ? getAddress(wanted) : null;
  return (
    <>
      <PageHead
        title="Add this device"
        lead="This device gets a passkey of its own. A device that the account has already lets it in."
      />
      <Panel
        title={
          taken
            ? 'This device is in'
            : offer === null
              ? 'Make a passkey here'
              : 'Show this to your other device'
        }
      >
        {account === null ? (
          <EmptyNote title="This link names no account">
            Open “Devices” on the device that you have, and take the link from there.
          </EmptyNote>
        ) : !canUsePasskeys() ? (
          <NoPasskeys />
        ) : (
          <div className={classes.inner}>
            <p role="status">
              {taken ? (
                'Your other device let it in. It can do everything now.'
              ) : offer === null ? (
                <>
                  For the account <Hash value={account} name="account" />
                </>
              ) : (
                'Waiting for your other device…'
              )}
            </p>
            {taken ? (
              <Button component={Link} to="/account" w="fit-content">
                Go to your account
              </Button>
            ) : offer === null ? (
              <Button w="fit-content" disabled={busy} onClick={() => void make(account)}>
                Make a passkey on this device
              </Button>
            ) : (
              <OfferHandover offer={offer} to="the device that you have" />
            )}
          </div>
        )}
      </Panel>
    </>
  );
}
