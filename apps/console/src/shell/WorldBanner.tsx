import { recordedTimeOf } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatRecordedDay, formatRecordedTime } from '../format/moment.ts';
import classes from './WorldBanner.module.css';
import { worldText } from './worldText.ts';

/** Says on every page what this world is and that the money is not real, with the world's clock running. */
export function WorldBanner() {
  const { config } = useClient();
  const { world } = config;
  const recorded = recordedTimeOf(world, useNow());
  const day = formatRecordedDay(recorded);
  const { title, more } = worldText(config);
  return (
    <aside className={classes.banner} aria-label="About this network">
      <p>
        <strong>{title}</strong> — {day}, {world.speed}× speed. Money here is play money.
        {more === '' ? '' : ` ${more}`}
      </p>
      <p className={classes.clock}>
        <span className={classes.zone}>World clock </span>
        <time dateTime={new Date(recorded * 1000).toISOString()}>{formatRecordedTime(recorded)}</time>
        <span className={classes.zone}> New York</span>
      </p>
    </aside>
  );
}
