import { Link } from 'react-router';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { PolicyRow } from './PolicyRow.tsx';
import { usePolicies } from './usePolicies.ts';

/** What this account holds and held, newest first. */
export function MyCover(props: { limit?: number }) {
  const policies = usePolicies();
  const all = policies.data ?? [];
  const shown = all.slice(0, props.limit ?? all.length);
  return (
    <Panel
      title="My cover"
      aside={
        shown.length < all.length ? (
          <Link to="/cover/mine" className="back">
            All {all.length} covers
          </Link>
        ) : undefined
      }
    >
      {policies.isPending && <Waiting rows={2} height={56} name="your cover" />}
      {policies.isError && policies.data === undefined && <ErrorNote error={policies.error} />}
      {policies.data !== undefined && all.length === 0 && (
        <EmptyNote title="You have no cover yet">Choose a flight and buy: it takes one touch.</EmptyNote>
      )}
      {shown.map((policy) => (
        <PolicyRow key={policy.policyId} policy={policy} />
      ))}
    </Panel>
  );
}
