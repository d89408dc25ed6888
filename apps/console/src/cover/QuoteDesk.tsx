import type { WorldFlight } from '@lichen/protocol';
import { type CoverQuote, quoteCover } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatCountdown } from '../format/duration.ts';
import { moneyFromDollars } from '../format/money.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { BuyButton } from './BuyButton.tsx';
import { Contributions } from './Contributions.tsx';
import { PayoutChooser } from './PayoutChooser.tsx';
import { PriceParts } from './PriceParts.tsx';
import classes from './QuoteDesk.module.css';
import { QuoteWaiting } from './QuoteWaiting.tsx';
import { readPayoutLimits } from './readPayoutLimits.ts';

/** Payout, price and its reasons, and the purchase. A quote is asked anew for each payout. */
export function QuoteDesk(props: { flight: WorldFlight }) {
  const { flight } = props;
  const client = useClient();
  const now = useNow();
  const [payout, setPayout] = useState(200);
  const limits = useQuery({
    queryKey: ['payout-limits'],
    queryFn: () => readPayoutLimits(client),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const quoting = useQuery<CoverQuote>({
    queryKey: ['quote', flight.flightId, payout],
    queryFn: () => quoteCover(client, { flightId: flight.flightId, payout: moneyFromDollars(payout) }),
    // A quote is good for two minutes; asking again without being asked would change the price under the reader's eyes.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
    placeholderData: (previous) => previous,
  });
  const quote = quoting.data;
  const left = quote === undefined ? 0 : quote.expiresAt - now;
  const stale = quote === undefined || quoting.isPlaceholderData || quoting.isFetching;
  const askAgain = () => void quoting.refetch();
  return (
    <div className={classes.desk}>
      <Panel
        title="Why this price"
        note="What the model sees in this flight, and what each fact adds or takes away."
      >
        {quote !== undefined ? (
          <Contributions quote={quote} />
        ) : quoting.isError ? (
          <EmptyNote title="There is no price for this flight right now">
            The reason stands with the price.
          </EmptyNote>
        ) : (
          <QuoteWaiting />
        )}
      </Panel>
      <div className={classes.side}>
        <Panel title="Your cover">
          <PayoutChooser dollars={payout} limits={limits.data ?? null} onChange={setPayout} />
          <PriceParts quote={quote} stale={stale} failed={quoting.isError} />
          {quoting.isError && <ErrorNote error={quoting.error} />}
          <div className={classes.buy}>
            {quoting.isError || (quote !== undefined && left <= 0 && !quoting.isFetching) ? (
              <Button size="lg" fullWidth variant="light" onClick={askAgain} loading={quoting.isFetching}>
                Get a new quote
              </Button>
            ) : (
              <BuyButton quote={stale || left <= 0 ? undefined : quote} onQuoteSpent={askAgain} />
            )}
            <p className={classes.validity}>
              {quote === undefined || quoting.isError
                ? ' '
                : left > 0
                  ? `This price holds for ${formatCountdown(left)}`
                  : 'This quote has expired: weather and delays may have moved.'}
            </p>
          </div>
        </Panel>
        <p className={classes.terms}>
          Pays when the flight arrives 60 minutes late or more, is cancelled or diverted. If the sources never
          say what happened, the premium comes back. Both happen without a claim form.
        </p>
      </div>
    </div>
  );
}
