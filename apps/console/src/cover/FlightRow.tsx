import type { WorldFlight } from '@lichen/protocol';
import { Link } from 'react-router';
import { useNow } from '../clock/useNow.ts';
import { airlineName } from '../format/airline.ts';
import { airportCity } from '../format/airport.ts';
import { formatCountdown } from '../format/duration.ts';
import classes from './FlightRow.module.css';

/** One flight of the list as one link. */
export function FlightRow(props: { flight: WorldFlight }) {
  const { flight } = props;
  const left = flight.departsAt - useNow();
  const number = `${flight.carrier} ${flight.number}`;
  return (
    <Link to={`/cover/flights/${flight.flightId}`} className={classes.row}>
      <span className="hidden-visually">Cover flight </span>
      <span className={classes.time}>{flight.recordedLocal.slice(-5)}</span>
      <span className={classes.route}>
        <strong>
          {flight.origin} → {flight.destination}
        </strong>
        <span>{airportCity(flight.destination)}</span>
      </span>
      <span className={classes.airline}>
        <strong>{number}</strong>
        <span>{airlineName(flight.carrier)}</span>
      </span>
      <span className={classes.leaves}>{left > 0 ? `leaves in ${formatCountdown(left)}` : 'has left'}</span>
    </Link>
  );
}
