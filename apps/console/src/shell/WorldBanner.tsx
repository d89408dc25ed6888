import { recordedTimeOf } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatRecordedDay, formatRecordedTime } from '../format/moment.ts';
import classes from './WorldBanner.module.css';

/** Says on every page that the days are recorded and the money is not real, with the world's clock running. */
export function WorldBanner() {
  const { world } = useClient().config;
  const recorded = recordedTimeOf(world, useNow());
  const day = formatRecordedDay(recorded);
  return (
    <aside className={classes.banner} aria-label="About this network">
      <p>
        <strong>Replay of recorded days</strong> — {day}, {world.speed}× speed. Money here is play money.
      </p>
      <p className={classes.clock}>
        <span className={classes.zone}>World clock </span>
        <time dateTime={new Date(recorded * 1000).toISOString()}>{formatRecordedTime(recorded)}</time>
        <span className={classes.zone}> New York</span>
      </p>
    </aside>
  );
}
