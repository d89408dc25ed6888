import { LichenError } from '@lichen/protocol';
import { type AccountClient, addDevice } from '@lichen/sdk';
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { isAddressEqual } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { CopyText } from '../../parts/CopyText.tsx';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { QrCode } from '../../parts/QrCode.tsx';
import classes from '../AccountLayout.module.css';
import { decodeOffer, type PasskeyOffer, shortCodeOf } from '../passkeys/passkeyOffer.ts';
import { ScanCode } from './ScanCode.tsx';

/** The offer in a text and why it cannot be taken; both null for an empty text. */
function offerIn(text: string, account: AccountClient): { offer: PasskeyOffer | null; error: unknown } {
  if (text.trim() === '') return { offer: null, error: null };
  try {
    const offer = decodeOffer(text);
    if (isAddressEqual(offer.account, account.address)) return { offer, error: null };
    throw new LichenError('bad-input', 'That device asks for another account.', {
      got: offer.account,
      expected: account.address,
      next: 'Open the link of this page on the new device, and copy the code that it shows.',
      retry: 'after-fix',
    });
  } catch (error) {
    return { offer: null, error };
  }
}

/**
 * Adds a second device without any server in between: this page shows a link, the new device makes its passkey and
 * shows a code, and this device confirms that code with one touch. The short code tells whether it is the same code.
 */
export function AddDevice({ account }: { account: AccountClient }) {
  const { busy, runAs } = useActs();
  const [text, setText] = useState('');
  const { offer, error } = offerIn(text, account);
  // Behind the #, so that no server sees which account is meant.
  const link = `${window.location.origin}/add-device#${account.address}`;
  return (
    <Panel title="Add a device">
      <div className={classes.inner}>
        <p>
          <strong>1.</strong> On the new device, scan this or open the link.
        </p>
        <QrCode text={link} name="QR code of the link for the new device" />
        <div className={classes.actions}>
          <CopyText value={link} name="link" />
        </div>
        {window.location.hostname === 'localhost' && (
          <p className={classes.note}>
            This network runs on this machine only, so the new “device” is another browser here.
          </p>
        )}
        <p>
          <strong>2.</strong> It makes a passkey and shows a code. Paste it here.
        </p>
        <Textarea
          label="Code of the new device"
          placeholder="lichen1.…"
          minRows={3}
          autosize
          maxRows={5}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ScanCode onFound={setText} />
        {error !== null && <ErrorNote error={error} />}
        {offer !== null && (
          <>
            <p>
              <strong>3.</strong> Compare. The new device must show the same:
            </p>
            <p className={classes.short}>{shortCodeOf(offer)}</p>
            <p className={classes.note}>
              It will be able to do everything that this one can. Add only a device that you hold in your
              hands.
            </p>
            <Button
              disabled={busy}
              onClick={async () => {
                const added = await runAs('Adding a device', (signing, options) =>
                  addDevice(signing, { passkey: offer.passkey, listing: offer.listing, ...options }),
                );
                if (added !== null) setText('');
              }}
            >
              They are the same: add it
            </Button>
          </>
        )}
      </div>
    </Panel>
  );
}
