import {
  type AccountClient,
  executeRecovery,
  getRecovery,
  proposeRecovery,
  supportRecovery,
} from '@lichen/sdk';
import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isAddressEqual } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { actingAs } from '../../acts/actingAs.ts';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatCountdown } from '../../format/duration.ts';
import { shortenHash } from '../../format/hash.ts';
import { ErrorNote } from '../../parts/ErrorNote.tsx';
import { Hash } from '../../parts/Hash.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';
import { decodeOffer, type PasskeyOffer, shortCodeOf } from '../passkeys/passkeyOffer.ts';
import { proposalOf } from './proposalOf.ts';
import { readWards } from './readWards.ts';

function offerIn(text: string): { offer: PasskeyOffer | null; error: unknown } {
  if (text.trim() === '') return { offer: null, error: null };
  try {
    return { offer: decodeOffer(text), error: null };
  } catch (error) {
    return { offer: null, error };
  }
}

/** A guardian's side: proposes a new passkey for somebody's account, supports it, and carries it out after the delay. */
export function HelpSomebody({ account }: { account: AccountClient }) {
  const [text, setText] = useState('');
  const { offer, error } = offerIn(text);
  return (
    <Panel title="Help somebody" note="Are you a guardian of somebody who lost all devices?">
      <div className={classes.inner}>
        <Wards account={account} />
        <Textarea
          label="Code of their new device"
          placeholder="lichen1.…"
          minRows={2}
          maxRows={5}
          autosize
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {error !== null && <ErrorNote error={error} />}
        {offer !== null && <Help account={account} offer={offer} />}
      </div>
    </Panel>
  );
}

function Help({ account, offer }: { account: AccountClient; offer: PasskeyOffer }) {
  const client = useClient();
  const now = useNow();
  const { busy, runAs } = useActs();
  const recovery = useQuery({
    queryKey: ['recovery', offer.account],
    queryFn: () => getRecovery(client, { account: offer.account }),
    refetchInterval: 2_000,
  });
  if (recovery.data === undefined) return recovery.isError ? <ErrorNote error={recovery.error} /> : null;
  const { guardians, threshold } = recovery.data;
  const isGuardian = guardians.some((guardian) => isAddressEqual(guardian, account.address));
  const proposal = proposalOf(recovery.data.underWay, offer);
  const others = recovery.data.underWay.length - (proposal === null ? 0 : 1);
  const supported = proposal?.supporters.some((one) => isAddressEqual(one, account.address)) === true;
  const { passkey, listing } = offer;
  if (!isGuardian) {
    return <p className={classes.note}>You are no guardian of {shortenHash(offer.account)}.</p>;
  }
  return (
    <>
      <p>
        Account {shortenHash(offer.account)}. Call the person, hear their voice, and compare what their screen
        shows:
      </p>
      <p className={classes.short}>{shortCodeOf(offer)}</p>
      <p role="status" className={classes.note}>
        {proposal === null
          ? `Nobody has proposed this passkey yet. ${threshold} of ${guardians.length} guardians must agree.`
          : proposal.readyAt === null
            ? `${proposal.supporters.length} of ${threshold} guardians agree.`
            : now < proposal.readyAt
              ? `Enough agree. It can be carried out in ${formatCountdown(proposal.readyAt - now)}.`
              : 'The delay is over.'}
        {others > 0 &&
          ' Another passkey is proposed for the same account: one of the two is not theirs. Ask before you agree.'}
      </p>
      <div className={classes.actions}>
        {proposal === null && (
          <Button
            disabled={busy}
            onClick={() =>
              void runAs('Proposing the recovery', (signing, options) =>
                proposeRecovery(actingAs(signing, options), { account: offer.account, passkey, listing }),
              )
            }
          >
            It is them: propose it
          </Button>
        )}
        {proposal !== null && proposal.readyAt === null && (
          <Button
            disabled={busy || supported}
            onClick={() =>
              void runAs('Agreeing to the recovery', (signing, options) =>
                supportRecovery(actingAs(signing, options), { account: offer.account, id: proposal.id }),
              )
            }
          >
            {supported ? 'You agreed' : 'It is them: agree'}
          </Button>
        )}
        {proposal !== null && proposal.readyAt !== null && (
          <Button
            disabled={busy || now < proposal.readyAt}
            onClick={() =>
              void runAs('Carrying the recovery out', (signing, options) =>
                executeRecovery(actingAs(signing, options), { account: offer.account, passkey, listing }),
              )
            }
          >
            Carry it out
          </Button>
        )}
      </div>
    </>
  );
}

/** Whose guardian one is: they may ask for the address of their account when they have lost everything. */
function Wards({ account }: { account: AccountClient }) {
  const client = useClient();
  const wards = useQuery({
    queryKey: ['wards', account.address],
    queryFn: () => readWards(client, account.address),
    refetchInterval: 15_000,
  });
  if (wards.data === undefined || wards.data.length === 0) return null;
  return (
    <div>
      <p className={classes.note}>You are a guardian of</p>
      <ul className={classes.list}>
        {wards.data.map((ward) => (
          <li key={ward}>
            <Hash value={ward} name="account that you guard" />
          </li>
        ))}
      </ul>
    </div>
  );
}
