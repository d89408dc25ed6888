import { createRecoveryCode } from '@lichen/sdk';
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useActs } from '../../acts/ActProvider.tsx';
import { CopyText } from '../../parts/CopyText.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { packParcel } from './parcel.ts';
import type { Vault } from './useVault.ts';

/** A code for paper that opens the vault key without any device; the way of its own where passkeys have no PRF. */
export function RecoveryCode({ vault, known }: { vault: Vault; known: RememberedAccount }) {
  const { busy } = useActs();
  const [code, setCode] = useState<string | null>(null);
  const [noted, setNoted] = useState(false);
  const { kept, key } = vault;
  // Without PRF the code is what the key begins with; with PRF the key must be open to be sealed a second time.
  const possible = key !== null || (kept === null && known.hasPrf === false);
  return (
    <Panel
      title="Recovery code"
      note="Thirty letters for paper. Whoever has them and the sealed key opens your vault."
    >
      <div className={classes.inner}>
        {code !== null ? (
          <>
            <p className={classes.code} data-testid="recovery-code">
              {code}
            </p>
            <Checkbox
              label="I wrote it down, away from this device"
              checked={noted}
              onChange={(event) => setNoted(event.currentTarget.checked)}
            />
            <Button
              disabled={busy || !noted}
              onClick={async () => {
                await vault.sealWithCode(code);
                setCode(null);
                setNoted(false);
              }}
            >
              Seal my vault key with it
            </Button>
          </>
        ) : (
          <>
            {kept?.code !== undefined && (
              <>
                <p className={classes.note}>
                  Keep this sealed copy beside the code, or in any cloud: alone it opens nothing.
                </p>
                <p className={classes.code} data-testid="sealed-key">
                  {packParcel('lichen-sealed-key', kept.code)}
                </p>
                <div className={classes.actions}>
                  <CopyText value={packParcel('lichen-sealed-key', kept.code)} name="sealed copy" />
                </div>
              </>
            )}
            <Button
              variant={kept?.code === undefined && possible ? 'filled' : 'default'}
              disabled={busy || !possible}
              onClick={async () => setCode(await createRecoveryCode())}
            >
              {kept?.code === undefined ? 'Make a recovery code' : 'Make a new code'}
            </Button>
            {!possible && (
              <p className={classes.note}>
                {kept === null ? 'Make your vault key first.' : 'Open your vault key first.'}
              </p>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}
