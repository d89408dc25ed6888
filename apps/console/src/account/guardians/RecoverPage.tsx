import { getRecovery } from '@lichen/sdk';
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { getAddress, isAddress } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatCountdown } from '../../format/duration.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import { OfferHandover } from '../devices/OfferHandover.tsx';
import { NoPasskeys } from '../NoPasskeys.tsx';
import { canUsePasskeys } from '../passkeys/ceremonyError.ts';
import type { PasskeyOffer } from '../passkeys/passkeyOffer.ts';
import { useOfferedPasskey } from '../passkeys/useOfferedPasskey.ts';
import { proposalOf } from './proposalOf.ts';
import { WhatComesBack } from './WhatComesBack.tsx';

/** For whoever lost every device: a new passkey here, and a code for the guardians. */
export function RecoverPage() {
  const { busy } = useActs();
  const [text, setText] = useState('');
  const { offer, taken, make } = useOfferedPasskey();
  const account = isAddress(text.trim(), { strict: false }) ? getAddress(text.trim()) : null;
  return (
    <>
      <PageHead
        title="Bring my account back"
        lead="You lost every device. Your guardians, after a delay that you chose, put a new passkey in the place of all old ones."
      />
      <div className={classes.columns}>
        <Panel
          title={
            taken ? 'It is yours again' : offer === null ? 'A passkey on this device' : 'Ask your guardians'
          }
        >
          {!canUsePasskeys() ? (
            <NoPasskeys />
          ) : taken ? (
            <div className={classes.inner}>
              <p role="status">
                This device is the only one of the account now, and its mandates are paused.
              </p>
              <Button component={Link} to="/account" w="fit-content">
                Go to your account
              </Button>
            </div>
          ) : offer === null ? (
            <form
              className={classes.inner}
              onSubmit={(event) => {
                event.preventDefault();
                if (account !== null) void make(account);
              }}
            >
              <TextInput
                label="Address of the account"
                description="Ask a guardian: their page “Guardians” shows it."
                placeholder="0x…"
                value={text}
                autoComplete="off"
                spellCheck={false}
                error={text.trim() !== '' && account === null ? 'That is no address.' : undefined}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Button type="submit" w="fit-content" disabled={busy || account === null}>
                Make a passkey on this device
              </Button>
            </form>
          ) : (
            <div className={classes.inner}>
              <OfferHandover offer={offer} to="your guardians" />
              <RecoveryProgress offer={offer} />
            </div>
          )}
        </Panel>
        <WhatComesBack />
      </div>
    </>
  );
}

function RecoveryProgress({ offer }: { offer: PasskeyOffer }) {
  const client = useClient();
  const now = useNow();
  const recovery = useQuery({
    queryKey: ['recovery', offer.account],
    queryFn: () => getRecovery(client, { account: offer.account }),
    refetchInterval: 2_000,
  });
  const underWay = proposalOf(recovery.data?.underWay ?? [], offer);
  return (
    <p role="status">
      {recovery.data === undefined
        ? 'Looking at the chain…'
        : recovery.data.guardians.length === 0
          ? 'This account has no guardians, so nobody can bring it back.'
          : underWay === null
            ? `Waiting for a guardian. ${recovery.data.threshold} of ${recovery.data.guardians.length} must agree.`
            : underWay.readyAt === null
              ? `${underWay.supporters.length} of ${recovery.data.threshold} guardians agree.`
              : now < underWay.readyAt
                ? `Enough guardians agree. The delay ends in ${formatCountdown(underWay.readyAt - now)}.`
                : 'The delay is over: ask a guardian to carry it out.'}
    </p>
  );
}
