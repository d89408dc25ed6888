import { searchFlights } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatSpan } from '../format/duration.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { anyFlight, FlightFilter } from './FlightFilter.tsx';
import { FlightRow } from './FlightRow.tsx';
import { matchFlight } from './matchFlight.ts';

const pageSize = 10;
/** Seconds that a reader needs to look at a quote: flights that close sooner are left out. */
const readingTime = 10;

/** Flights that can still be covered, soonest first. */
export function FlightList() {
  const client = useClient();
  const now = useNow();
  const [query, setQuery] = useState(anyFlight);
  const [shown, setShown] = useState(pageSize);
  const { speed } = client.config.world;
  const closesBefore = Math.ceil(3_600 / speed);
  const flights = useQuery({
    queryKey: ['flights'],
    // Cover is sold from six hours to one hour of recorded time before departure.
    queryFn: () => {
      const at = Math.floor(Date.now() / 1000);
      return searchFlights(client, {
        from: at + closesBefore,
        to: at + Math.floor(21_600 / speed),
      });
    },
    refetchInterval: 5_000,
    placeholderData: (previous) => previous,
  });
  const open = (flights.data ?? []).filter(
    (flight) => flight.departsAt - now > closesBefore + readingTime && matchFlight(flight, query),
  );
  return (
    <Panel
      title="Flights you can cover"
      note={`Sold until ${formatSpan(closesBefore)} before departure, one hour on the world clock.`}
      aside={<span className="soft">{flights.data === undefined ? ' ' : `${open.length} flights`}</span>}
    >
      <FlightFilter
        query={query}
        onChange={(next) => {
          setQuery(next);
          setShown(pageSize);
        }}
      />
      {flights.isPending && <Waiting rows={pageSize} height={56} name="flights" />}
      {flights.isError && flights.data === undefined && <ErrorNote error={flights.error} />}
      {flights.data !== undefined && open.length === 0 && (
        <EmptyNote title={query === anyFlight ? 'No flight is open for sale' : 'No flight matches'}>
          {query === anyFlight
            ? 'New flights open as the world clock moves on; at night it takes a little longer.'
            : 'Clear the filter to see all flights.'}
        </EmptyNote>
      )}
      <div>
        {open.slice(0, shown).map((flight) => (
          <FlightRow key={flight.flightId} flight={flight} />
        ))}
      </div>
      {open.length > shown && (
        <Button variant="subtle" mt="sm" onClick={() => setShown(shown + 2 * pageSize)}>
          Show more flights
        </Button>
      )}
    </Panel>
  );
}
