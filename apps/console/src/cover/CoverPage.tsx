import { PageHead } from '../parts/PageHead.tsx';
import classes from './CoverPage.module.css';
import { FlightList } from './FlightList.tsx';
import { MyCover } from './MyCover.tsx';
import { PoolPanel } from './PoolPanel.tsx';

/** Choose a flight; beside it, what one holds already. */
export function CoverPage() {
  return (
    <>
      <PageHead
        title="Late flights pay you back"
        lead="Choose a flight, see why it costs what it costs, and buy cover. If it arrives an hour late or more, is cancelled or diverted, the contract pays. Nobody has to approve it."
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
