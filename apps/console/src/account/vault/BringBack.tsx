import { LichenError } from '@lichen/protocol';
import { joinVaultKey, unwrapVaultKeyWithCode } from '@lichen/sdk';
import { Button, PasswordInput, SegmentedControl, Textarea } from '@mantine/core';
import { useState } from 'react';
import { isAddressEqual } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { openParcel } from './parcel.ts';
import type { Vault } from './useVault.ts';

/** A key that was made on another device: back by the recovery code, or by the shares of guardians. */
export function BringBack({ vault, known }: { vault: Vault; known: RememberedAccount }) {
  const { busy, run } = useActs();
  const [way, setWay] = useState<'code' | 'shares'>('code');
  const [text, setText] = useState('');
  const [code, setCode] = useState('');
  const { address } = known;
  const bring = async () => {
    const found = await run({
      what: 'Opening your vault key',
      perform: async () => {
        if (way === 'code') {
          return unwrapVaultKeyWithCode(openParcel('lichen-sealed-key', text), { account: address, code });
        }
        const shares = text
          .split(/\s+/)
          .filter((line) => line !== '')
          .map((line) => openParcel('lichen-open-share', line));
        const foreign = shares.find(({ account }) => !isAddressEqual(account, address));
        if (foreign !== undefined) {
          throw new LichenError('bad-input', 'That share is of another account.', {
            got: foreign.account,
            expected: address,
            next: 'Ask your guardians for the shares of this account.',
            retry: 'after-fix',
          });
        }
        return joinVaultKey(shares);
      },
    });
    if (found !== null) await vault.adopt(found, way === 'code' ? code : null);
  };
  return (
    <Panel title="Bring a key that you have" note="Made on another device, or before a recovery.">
      <form
        className={classes.inner}
        onSubmit={(event) => {
          event.preventDefault();
          void bring();
        }}
      >
        <SegmentedControl
          aria-label="How it comes back"
          value={way}
          onChange={(value) => {
            setWay(value === 'shares' ? 'shares' : 'code');
            setText('');
          }}
          data={[
            { value: 'code', label: 'By recovery code' },
            { value: 'shares', label: 'By guardians’ shares' },
          ]}
        />
        <Textarea
          label={way === 'code' ? 'Sealed copy' : 'Shares, one a line'}
          placeholder={way === 'code' ? 'lichen-sealed-key.…' : 'lichen-open-share.…'}
          minRows={3}
          maxRows={8}
          autosize
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {way === 'code' && (
          <PasswordInput
            label="Recovery code"
            value={code}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the code' }}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        <div className={classes.actions}>
          <Button
            type="submit"
            variant="default"
            disabled={busy || text.trim() === '' || (way === 'code' && code === '')}
          >
            Bring it here
          </Button>
        </div>
      </form>
    </Panel>
  );
}
