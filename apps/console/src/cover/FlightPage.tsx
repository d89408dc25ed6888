import { getFlight } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Hex } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { airlineName } from '../format/airline.ts';
import { airportCity } from '../format/airport.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { FlightFacts } from './FlightFacts.tsx';
import { QuoteDesk } from './QuoteDesk.tsx';

/** One flight: its facts, the quote with its reasons, and the purchase. */
export function FlightPage() {
  const client = useClient();
  const flightId = useParams().flightId as Hex;
  const answer = useQuery({
    queryKey: ['flight', flightId],
    queryFn: () => getFlight(client, { flightId }),
    refetchInterval: 2_000,
  });
  const back = (
    <Link to="/cover" className="back">
      ← All flights
    </Link>
  );
  if (answer.data === undefined) {
    return (
      <>
        <PageHead title="Flight" above={back} />
        {answer.isError ? (
          <ErrorNote error={answer.error} />
        ) : (
          <Waiting rows={3} height={180} gap={20} name="flight" />
        )}
      </>
    );
  }
  const { flight, status } = answer.data;
  return (
    <>
      <PageHead
        above={back}
        title={`${airportCity(flight.origin)} to ${airportCity(flight.destination)}`}
        lead={`${airlineName(flight.carrier)} flight ${flight.carrier} ${flight.number}`}
      />
      <FlightFacts flight={flight} status={status} />
      <QuoteDesk key={flight.flightId} flight={flight} />
    </>
  );
}
