import { LichenError } from '@lichen/protocol';
import { getRecovery, type SealedVaultShare, splitVaultKey } from '@lichen/sdk';
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Address, isHex } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { shortenHash } from '../../format/hash.ts';
import { CopyText } from '../../parts/CopyText.tsx';
import { EmptyNote } from '../../parts/EmptyNote.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Waiting } from '../../parts/Waiting.tsx';
import classes from '../AccountLayout.module.css';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { packParcel } from './parcel.ts';
import type { Vault } from './useVault.ts';

/** Cuts the vault key into shares for the guardians, each sealed for one of them. */
export function GuardianShares(props: { vault: Vault; vaultKey: Uint8Array; known: RememberedAccount }) {
  const { vault, vaultKey, known } = props;
  const client = useClient();
  const { busy, run } = useActs();
  const [boxes, setBoxes] = useState<Readonly<Record<Address, string>>>({});
  const [shares, setShares] = useState<readonly SealedVaultShare[]>([]);
  const recovery = useQuery({
    queryKey: ['recovery', known.address],
    queryFn: () => getRecovery(client, { account: known.address }),
  });
  const guardians = recovery.data?.guardians ?? [];
  const threshold = Math.max(2, recovery.data?.threshold ?? 2);
  const split = () =>
    run({
      what: 'Cutting the key into shares',
      perform: async () => {
        const made = await splitVaultKey({
          vaultKey,
          account: known.address,
          threshold,
          guardians: guardians.map((account, position) => {
            const box = (boxes[account] ?? '').trim();
            if (isHex(box)) return { account, box };
            throw new LichenError('bad-input', `The box of guardian ${position + 1} is missing.`, {
              got: box === '' ? 'nothing' : box.slice(0, 20),
              expected: '0x and 130 hex digits',
              next: 'Ask them for the box that their “Vault key” page shows.',
              retry: 'after-fix',
            });
          }),
        });
        setShares(made);
        vault.noteShares(threshold, made.length);
      },
    });
  return (
    <Panel
      title="Shares for your guardians"
      note={`Any ${threshold} of them together bring the key back; fewer learn nothing.`}
    >
      {recovery.isPending && <Waiting rows={2} height={56} name="guardians" />}
      {recovery.data !== undefined && guardians.length < 2 && (
        <EmptyNote title="You need two guardians or more">
          One alone must never read your vault. Set them on the page “Guardians”.
        </EmptyNote>
      )}
      {guardians.length >= 2 && shares.length === 0 && (
        <form
          className={classes.inner}
          onSubmit={(event) => {
            event.preventDefault();
            void split();
          }}
        >
          {guardians.map((guardian, position) => (
            <TextInput
              key={guardian}
              label={`Box of guardian ${position + 1}, ${shortenHash(guardian)}`}
              placeholder="0x…"
              value={boxes[guardian] ?? ''}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setBoxes({ ...boxes, [guardian]: event.currentTarget.value })}
            />
          ))}
          <div className={classes.actions}>
            <Button type="submit" disabled={busy}>
              Make the shares
            </Button>
          </div>
        </form>
      )}
      {shares.length > 0 && (
        <div className={classes.inner}>
          <p className={classes.note}>
            Send each guardian their line. It is sealed: only they can open it, and only if you ask them to.
          </p>
          <ul className={classes.list}>
            {shares.map((share, position) => (
              <li key={share.guardian}>
                <span className={classes.who}>
                  <strong>Guardian {position + 1}</strong>
                  <span>{shortenHash(share.guardian)}</span>
                </span>
                <CopyText
                  value={packParcel('lichen-sealed-share', share)}
                  name={`share of guardian ${position + 1}`}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}
