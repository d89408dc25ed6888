import {
  IconChartDots3,
  IconNotebook,
  IconRobot,
  IconServer2,
  IconShieldCheck,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Suspense } from 'react';
import { NavLink, Outlet, ScrollRestoration } from 'react-router';
import { RecoveryNotice } from '../account/guardians/RecoveryNotice.tsx';
import { ActBar } from '../acts/ActBar.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { Balance } from './Balance.tsx';
import { Brand } from './Brand.tsx';
import { SchemeToggle } from './SchemeToggle.tsx';
import classes from './Shell.module.css';
import { WorldBanner } from './WorldBanner.tsx';

const places = [
  { to: '/cover', name: 'Cover', Icon: IconShieldCheck },
  { to: '/account', name: 'Account', Icon: IconUser },
  { to: '/agents', name: 'Agents', Icon: IconRobot },
  { to: '/oracle', name: 'Oracle', Icon: IconUsersGroup },
  { to: '/journal', name: 'Journal', Icon: IconNotebook },
  { to: '/model', name: 'Model', Icon: IconChartDots3 },
  { to: '/network', name: 'Network', Icon: IconServer2 },
] as const;

function skipToContent(): void {
  const main = document.getElementById('content');
  main?.focus();
  main?.scrollIntoView();
}

/** Brand, navigation, balance and banner around every page; the navigation is a tab bar on a phone. */
export function Shell() {
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={skipToContent}>
        Skip to content
      </button>
      <WorldBanner />
      <header className={classes.header}>
        <NavLink to="/cover" className={classes.brand!} aria-label="Lichen, start page">
          <Brand size={30} />
          <span>Lichen</span>
        </NavLink>
        <nav aria-label="Main" className={classes.nav}>
          {places.map(({ to, name, Icon }) => (
            <NavLink key={to} to={to} className={classes.place!}>
              <Icon size={20} stroke={1.7} aria-hidden />
              <span>{name}</span>
            </NavLink>
          ))}
        </nav>
        <div className={classes.right}>
          <Balance />
          <SchemeToggle />
        </div>
      </header>
      <RecoveryNotice />
      <main id="content" tabIndex={-1} className={classes.main}>
        <Suspense fallback={<Waiting rows={4} height={96} gap={16} name="page" />}>
          <Outlet />
        </Suspense>
      </main>
      <footer className={classes.footer}>
        Your account is a contract on this network, and only your passkeys move it. No real money, no real
        policies.
      </footer>
      <ActBar />
      <ScrollRestoration />
    </div>
  );
}
