import type { AccountClient } from '@lichen/sdk';
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { PageHead } from '../parts/PageHead.tsx';
import classes from './AccountLayout.module.css';
import { useAccount } from './AccountProvider.tsx';
import { Welcome } from './Welcome.tsx';

const tabs = [
  { to: '/account', name: 'Account' },
  { to: '/account/mandates', name: 'Who may act for me' },
  { to: '/account/devices', name: 'Devices' },
  { to: '/account/guardians', name: 'Guardians' },
  { to: '/account/vault-key', name: 'Vault key' },
] as const;

/** The pages of one's own account under one head; a visitor is asked in instead. */
export function AccountLayout(props: {
  title: string;
  lead: string;
  children: (account: AccountClient) => ReactNode;
}) {
  const { account } = useAccount();
  if (account === null) return <Welcome title={props.title} />;
  return (
    <>
      <nav aria-label="Account" className={classes.tabs}>
        {tabs.map(({ to, name }) => (
          <NavLink key={to} to={to} end className={classes.tab!}>
            {name}
          </NavLink>
        ))}
      </nav>
      <PageHead title={props.title} lead={props.lead} />
      {props.children(account)}
    </>
  );
}
