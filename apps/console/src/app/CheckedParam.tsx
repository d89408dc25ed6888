import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { LostPage } from './LostPage.tsx';

/** Shows a page only when the part of its address has the right shape: a mistyped one is no error of the network. */
export function CheckedParam(props: { name: string; pattern: RegExp; children: ReactNode }) {
  return props.pattern.test(useParams()[props.name] ?? '') ? props.children : <LostPage />;
}
