import { type AccountClient, accountClientOf } from '@lichen/sdk';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Address, getAddress } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import {
  type RememberedAccount,
  type RememberedAccounts,
  readRemembered,
  withoutRemembered,
  withRemembered,
  writeRemembered,
} from './rememberedAccounts.ts';
import { signerOf } from './signerOf.ts';

export interface AccountState {
  /** The account in use; null for a visitor. */
  readonly account: AccountClient | null;
  readonly known: RememberedAccount | null;
  /** Others of this browser. */
  readonly others: RememberedAccounts;
  /** Remembers an account and uses it from now on. */
  remember(account: RememberedAccount): void;
  /** Forgets an account on this device; the passkey stays with the device, the account with the chain. */
  forget(address: Address): void;
}

const AccountContext = createContext<AccountState | null>(null);

/** Who uses this page. */
export function useAccount(): AccountState {
  const state = use(AccountContext);
  if (state === null) throw new Error('useAccount is called outside AccountProvider');
  return state;
}

/** Knows the accounts of this browser, and keeps its tabs in step. */
export function AccountProvider(props: { children: ReactNode }) {
  const client = useClient();
  const { config } = client;
  const network = `${config.chainId}.${config.world.chainEpoch}`;
  const [all, setAll] = useState(() => readRemembered(localStorage, network));
  const change = useCallback(
    (next: (accounts: RememberedAccounts) => RememberedAccounts) => {
      // Read again: another tab may have remembered an account meanwhile.
      const changed = next(readRemembered(localStorage, network));
      writeRemembered(localStorage, network, changed);
      setAll(changed);
    },
    [network],
  );
  useEffect(() => {
    const follow = () => setAll(readRemembered(localStorage, network));
    window.addEventListener('storage', follow);
    return () => window.removeEventListener('storage', follow);
  }, [network]);
  const state = useMemo((): AccountState => {
    const known = all[0] ?? null;
    return {
      known,
      account:
        known === null
          ? null
          : accountClientOf(client, {
              address: known.address,
              signer: signerOf(known),
              ...(known.birth === undefined ? {} : { birth: known.birth }),
            }),
      others: all.slice(1),
      remember: (account) =>
        change((accounts) =>
          // With its checksum, as the chain's events and all comparisons have it.
          withRemembered(accounts, { ...account, address: getAddress(account.address) }),
        ),
      forget: (address) => change((accounts) => withoutRemembered(accounts, address)),
    };
  }, [all, change, client]);
  return <AccountContext value={state}>{props.children}</AccountContext>;
}
