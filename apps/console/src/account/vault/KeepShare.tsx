import { openVaultShare, vaultBoxOf } from '@lichen/sdk';
import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useActs } from '../../acts/ActProvider.tsx';
import { shortenHash } from '../../format/hash.ts';
import { CopyText } from '../../parts/CopyText.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { openParcel, packParcel } from './parcel.ts';

/** A guardian's side: the box that shares are sealed for, and opening one when its owner asks. */
export function KeepShare({ vaultKey, known }: { vaultKey: Uint8Array | null; known: RememberedAccount }) {
  const { busy, run } = useActs();
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<{ readonly of: string; readonly line: string } | null>(null);
  const box = useQuery({
    queryKey: ['vault-box', known.address],
    queryFn: () => (vaultKey === null ? null : vaultBoxOf(vaultKey)),
    enabled: vaultKey !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Panel title="Keep a share for somebody" note="If you are somebody’s guardian.">
      {vaultKey === null ? (
        <p className={classes.note}>Open your vault key first: shares for you are sealed under it.</p>
      ) : (
        <form
          className={classes.inner}
          onSubmit={(event) => {
            event.preventDefault();
            void run({
              what: 'Opening the share',
              perform: async () => {
                const share = await openVaultShare(openParcel('lichen-sealed-share', text), { vaultKey });
                setOpened({ of: share.account, line: packParcel('lichen-open-share', share) });
              },
            });
          }}
        >
          {box.data != null && (
            <>
              <p className={classes.note}>Your box. Give it to whoever asks you to keep a share.</p>
              <p className={classes.code} data-testid="box">
                {box.data}
              </p>
              <div className={classes.actions}>
                <CopyText value={box.data} name="box" />
              </div>
            </>
          )}
          <Textarea
            label="Share that you keep"
            description="Open it only when its owner asks you by voice or face."
            placeholder="lichen-sealed-share.…"
            minRows={2}
            maxRows={5}
            autosize
            value={text}
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className={classes.actions}>
            <Button type="submit" variant="default" disabled={busy || text.trim() === ''}>
              Open it for them
            </Button>
          </div>
          {opened !== null && (
            <>
              <p className={classes.note}>
                For the owner of {shortenHash(opened.of)} only. Enough of these open their vault.
              </p>
              <p className={classes.code}>{opened.line}</p>
              <div className={classes.actions}>
                <CopyText value={opened.line} name="share" />
              </div>
            </>
          )}
        </form>
      )}
    </Panel>
  );
}
