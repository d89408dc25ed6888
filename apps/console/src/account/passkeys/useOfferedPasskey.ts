import { listingOf } from '@lichen/protocol';
import { onChain, passkeyAccountAbi } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Address } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { shortenHash } from '../../format/hash.ts';
import { useAccount } from '../AccountProvider.tsx';
import { createPasskey, type MadePasskey } from './createPasskey.ts';
import type { PasskeyOffer } from './passkeyOffer.ts';

export interface OfferedPasskey {
  /** Null until the passkey is made. */
  readonly offer: PasskeyOffer | null;
  /** The account holds the passkey: this device is one of its own now. */
  readonly taken: boolean;
  /** Makes the passkey: one prompt. */
  make(account: Address): Promise<void>;
}

/**
 * A passkey that is made here for an account which does not hold it yet. Watches the chain until the account does, by a
 * device that added it or by guardians, and then remembers the account.
 */
export function useOfferedPasskey(): OfferedPasskey {
  const client = useClient();
  const { remember } = useAccount();
  const { run } = useActs();
  const [made, setMade] = useState<(MadePasskey & { readonly account: Address }) | null>(null);
  const [taken, setTaken] = useState(false);
  const index = useQuery({
    queryKey: ['offered', made?.account, made?.passkey.x],
    enabled: made !== null && !taken,
    refetchInterval: 1_000,
    queryFn: async () => {
      if (made === null) return null;
      const [indices, keys] = await onChain(
        client.chain.readContract({
          address: made.account,
          abi: passkeyAccountAbi,
          functionName: 'passkeys',
        }),
      );
      return indices[keys.findIndex(({ x, y }) => x === made.passkey.x && y === made.passkey.y)] ?? null;
    },
  });
  const found = index.data ?? null;
  useEffect(() => {
    if (made === null || found === null || taken) return;
    const { account, credentialId, passkey, hasPrf } = made;
    setTaken(true);
    remember({
      address: account,
      name: `Account ${shortenHash(account)}`,
      credentialId,
      passkey,
      index: found,
      hasPrf,
    });
  }, [made, found, taken, remember]);
  return {
    offer:
      made === null
        ? null
        : {
            account: made.account,
            passkey: made.passkey,
            listing: listingOf(made.userHandle, made.account, made.passkey),
          },
    taken,
    make: async (account) => {
      await run({
        what: 'Making a passkey on this device',
        perform: async ({ asking, touched }) => {
          asking();
          const passkey = await createPasskey(`Lichen ${shortenHash(account)}`);
          touched();
          setMade({ ...passkey, account });
        },
      });
    },
  };
}
