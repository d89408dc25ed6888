import { Link } from 'react-router';
import { PageHead } from '../parts/PageHead.tsx';
import classes from './CoverPage.module.css';
import { FlightList } from './FlightList.tsx';
import { MyCover } from './MyCover.tsx';
import { PoolPanel } from './PoolPanel.tsx';
import { usePolicies } from './usePolicies.ts';

/** Choose a flight; beside it, what one holds already. */
export function CoverPage() {
  const policies = usePolicies();
  return (
    <>
      <PageHead
        title="Late flights pay you back"
        lead="Choose a flight, see why it costs what it costs, and buy cover. If it arrives an hour late or more, is cancelled or diverted, the contract pays. Nobody has to approve it."
        aside={
          <Link to="/cover/mine" className={classes.mine}>
            My cover{policies.data === undefined ? '' : ` (${policies.data.length})`}
          </Link>
        }
      />
      <div className={classes.columns}>
        <FlightList />
        <div className={classes.aside}>
          <MyCover limit={5} />
          <PoolPanel />
        </div>
      </div>
    </>
  );
}
