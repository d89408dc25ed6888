import { searchFlights } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { anyFlight, FlightFilter } from './FlightFilter.tsx';
import { FlightRow } from './FlightRow.tsx';
import { matchFlight } from './matchFlight.ts';

const pageSize = 10;

/** Flights that can still be covered, soonest first. */
export function FlightList() {
  const client = useClient();
  const now = useNow();
  const [query, setQuery] = useState(anyFlight);
  const [shown, setShown] = useState(pageSize);
  const { recordedFrom: _, speed } = client.config.world;
  const flights = useQuery({
    queryKey: ['flights'],
    // Cover is sold from six hours to one hour of recorded time before departure.
    queryFn: () => {
      const at = Math.floor(Date.now() / 1000);
      return searchFlights(client, {
        from: at + Math.ceil(3_600 / speed),
        to: at + Math.floor(21_600 / speed),
      });
    },
    refetchInterval: 5_000,
    placeholderData: (previous) => previous,
  });
  const open = (flights.data ?? []).filter(
    (flight) => flight.departsAt - now > 3_600 / speed && matchFlight(flight, query),
  );
  return (
    <Panel
      title="Flights you can cover"
      note="Sold until one hour before departure: one minute at 60× speed."
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
