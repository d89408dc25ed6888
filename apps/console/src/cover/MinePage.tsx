import { Link } from 'react-router';
import { PageHead } from '../parts/PageHead.tsx';
import { MyCover } from './MyCover.tsx';

/** Every cover of this account. */
export function MinePage() {
  return (
    <>
      <PageHead
        title="My cover"
        lead="Live covers are followed to their end without you. Payouts arrive in your balance by themselves."
        above={
          <Link to="/cover" className="back">
            ← All flights
          </Link>
        }
      />
      <MyCover />
    </>
  );
}
