import { type AccountClient, listDevices, removeDevice } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useActs } from '../../acts/ActProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatAgo } from '../../format/duration.ts';
import { shortenHash } from '../../format/hash.ts';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Waiting } from '../../parts/Waiting.tsx';
import classes from '../AccountLayout.module.css';
import { AccountLayout } from '../AccountLayout.tsx';
import { AddDevice } from './AddDevice.tsx';

/** The passkeys of the account: add another device, remove a lost one. */
export function DevicesPage() {
  return (
    <AccountLayout
      title="Devices"
      lead="Each device has a passkey of its own, and each can do everything. With two, losing one costs nothing."
    >
      {(account) => (
        <div className={classes.columns}>
          <DeviceList account={account} />
          <AddDevice account={account} />
        </div>
      )}
    </AccountLayout>
  );
}

function DeviceList({ account }: { account: AccountClient }) {
  const now = useNow();
  const { busy, runAs } = useActs();
  const [leaving, setLeaving] = useState<number | null>(null);
  const devices = useQuery({
    queryKey: ['devices', account.address],
    queryFn: () => listDevices(account),
    refetchInterval: 3_000,
  });
  return (
    <Panel title="Devices of this account">
      {devices.isPending && <Waiting rows={2} height={56} name="devices" />}
      {devices.isError && devices.data === undefined && <ErrorNote error={devices.error} />}
      <ul className={classes.list}>
        {devices.data?.map((device) => (
          <li key={device.index}>
            <span className={classes.who}>
              <strong>Device {device.index + 1}</strong>
              <span>
                key {shortenHash(device.passkey.x)}
                {device.addedAt !== null && `, added ${formatAgo(now - device.addedAt)}`}
              </span>
            </span>
            {device.isThis ? (
              <Mark tone="good">This device</Mark>
            ) : leaving === device.index ? (
              <span className={classes.actions}>
                <Button
                  color="rust"
                  size="compact-md"
                  disabled={busy}
                  onClick={async () => {
                    await runAs(`Removing device ${device.index + 1}`, (signing, options) =>
                      removeDevice(signing, { index: device.index, ...options }),
                    );
                    setLeaving(null);
                  }}
                >
                  Remove device {device.index + 1} for good
                </Button>
                <Button variant="default" size="compact-md" disabled={busy} onClick={() => setLeaving(null)}>
                  Keep it
                </Button>
              </span>
            ) : (
              <Button
                variant="default"
                size="compact-md"
                disabled={busy}
                onClick={() => setLeaving(device.index)}
              >
                Remove <span className="hidden-visually">device {device.index + 1}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {devices.data?.length === 1 && (
        <p className={classes.note}>
          This is your only device. If you lose it, only guardians can bring the account back: add a second
          device, or set guardians.
        </p>
      )}
    </Panel>
  );
}
