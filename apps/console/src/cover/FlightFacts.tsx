import { type FlightStatus, recordedTimeOf, type WorldFlight } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatCountdown } from '../format/duration.ts';
import { formatRecordedDay, formatRecordedTime } from '../format/moment.ts';
import { Facts } from '../parts/Facts.tsx';
import classes from './FlightFacts.module.css';
import { flightStateText } from './flightStateText.ts';

/** Route, recorded times and what the sources say now. */
export function FlightFacts(props: { flight: WorldFlight; status: FlightStatus }) {
  const { flight, status } = props;
  const { world } = useClient().config;
  const left = flight.departsAt - useNow();
  const arrival = recordedTimeOf(world, flight.arrivesAt);
  return (
    <div className={classes.facts}>
      <Facts
        items={[
          [
            left > 0 ? 'Leaves in' : 'Scheduled departure passed',
            <span key="left" className={classes.countdown}>
              {left > 0 ? formatCountdown(left) : `${formatCountdown(-left)} ago`}
            </span>,
          ],
          ['Recorded day', formatRecordedDay(flight.scheduledDeparture)],
          [`Scheduled departure, ${flight.origin}`, flight.recordedLocal.slice(-5)],
          [`Scheduled arrival, ${flight.destination}`, `${formatRecordedTime(arrival)} New York time`],
          ['Distance', `${flight.distanceMiles.toLocaleString('en')} miles`],
          ['Sources say', flightStateText(status)],
        ]}
      />
    </div>
  );
}
