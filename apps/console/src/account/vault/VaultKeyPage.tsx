import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useActs } from '../../acts/ActProvider.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import { AccountLayout } from '../AccountLayout.tsx';
import { useAccount } from '../AccountProvider.tsx';
import type { RememberedAccount } from '../rememberedAccounts.ts';
import { BringBack } from './BringBack.tsx';
import { GuardianShares } from './GuardianShares.tsx';
import { KeepShare } from './KeepShare.tsx';
import { RecoveryCode } from './RecoveryCode.tsx';
import { useVault, type Vault } from './useVault.ts';

/** The one key of the vault: made here, sealed for each device, and how it comes back when devices are lost. */
export function VaultKeyPage() {
  const { known } = useAccount();
  return (
    <AccountLayout
      title="Vault key"
      lead="One random key encrypts your data before it leaves this device. Each device keeps it sealed under its own passkey; no server and no chain ever has it."
    >
      {() => known !== null && <VaultKey key={known.address} known={known} />}
    </AccountLayout>
  );
}

function VaultKey({ known }: { known: RememberedAccount }) {
  const vault = useVault(known);
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        <State vault={vault} known={known} />
        {vault.kept === null && <BringBack vault={vault} known={known} />}
        {vault.key !== null && <GuardianShares vault={vault} vaultKey={vault.key} known={known} />}
      </div>
      <div className={classes.stack}>
        <RecoveryCode vault={vault} known={known} />
        <KeepShare vaultKey={vault.key} known={known} />
      </div>
    </div>
  );
}

function State({ vault, known }: { vault: Vault; known: RememberedAccount }) {
  const { busy } = useActs();
  const [code, setCode] = useState('');
  const { kept, key } = vault;
  const byCodeOnly = kept !== null && kept.device === undefined;
  return (
    <Panel
      title="On this device"
      aside={
        kept === null ? (
          <Mark tone="calm">No key yet</Mark>
        ) : key !== null ? (
          <Mark tone="good">Open in this page</Mark>
        ) : (
          <Mark tone="good">Sealed here</Mark>
        )
      }
    >
      <div className={classes.inner}>
        <Facts
          columns={1}
          items={[
            [
              'This passkey can seal it',
              known.hasPrf === null ? 'not asked yet' : known.hasPrf ? 'yes' : 'no, it has no PRF',
            ],
            [
              'Sealed by',
              kept === null
                ? 'nothing'
                : [kept.device !== undefined && 'this passkey', kept.code !== undefined && 'a recovery code']
                    .filter((word) => word !== false)
                    .join(' and '),
            ],
            [
              'Guardians’ shares',
              kept?.shares === undefined ? 'none made' : `${kept.shares.threshold} of ${kept.shares.count}`,
            ],
          ]}
        />
        {kept === null && known.hasPrf !== false && (
          <div className={classes.actions}>
            <Button disabled={busy} onClick={() => void vault.create()}>
              Make my vault key
            </Button>
          </div>
        )}
        {kept === null && known.hasPrf === false && (
          <p className={classes.note}>
            This device cannot seal a key with its passkey. Make a recovery code instead: the key is then
            opened by the code each time.
          </p>
        )}
        {kept !== null && key === null && !byCodeOnly && (
          <div className={classes.actions}>
            <Button variant="default" disabled={busy} onClick={() => void vault.open()}>
              Open it
            </Button>
          </div>
        )}
        {byCodeOnly && key === null && (
          <form
            className={classes.inner}
            onSubmit={(event) => {
              event.preventDefault();
              void vault.open(code);
            }}
          >
            <PasswordInput
              label="Recovery code"
              value={code}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the code' }}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <div className={classes.actions}>
              <Button type="submit" variant="default" disabled={busy || code === ''}>
                Open it with the code
              </Button>
            </div>
          </form>
        )}
        {key !== null && (
          <div className={classes.actions}>
            <Button variant="default" onClick={vault.close}>
              Close it
            </Button>
          </div>
        )}
        <p className={classes.note}>
          It opens for as long as you stay on this page. Vaults for your data come later; the key is theirs.
        </p>
      </div>
    </Panel>
  );
}
