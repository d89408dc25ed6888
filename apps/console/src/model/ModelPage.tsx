import { getModel } from '@lichen/sdk';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { airlineName } from '../format/airline.ts';
import { airportCity } from '../format/airport.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { GroupTable } from './GroupTable.tsx';
import classes from './ModelPage.module.css';
import { RunYourself } from './RunYourself.tsx';
import { formatShare, readCard } from './readCard.ts';

const CalibrationChart = lazy(async () => ({
  default: (await import('./CalibrationChart.tsx')).CalibrationChart,
}));

/** How good the model is, where it is wrong, and the model itself to try. */
export function ModelPage() {
  const client = useClient();
  const model = useQuery({
    queryKey: ['model'],
    queryFn: () => getModel(client),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const card = model.data === undefined ? null : readCard(model.data.card);
  return (
    <>
      <PageHead
        title="Model"
        lead="A small integer network gives the chance that a flight arrives an hour late or more, is cancelled or diverted. It runs on the chain itself, so nobody has to take its word."
      />
      {model.isPending && <Waiting rows={3} height={240} gap={20} name="model" />}
      {model.isError && <ErrorNote error={model.error} />}
      {model.data !== undefined && (
        <div className={classes.stack}>
          {card === null ? (
            <Panel title="Card">
              <EmptyNote title="No card is published with this model" />
            </Panel>
          ) : (
            <>
              <Panel
                title="Card"
                note={`Measured on flights that entered no fit, ${card.periods.heldOut.months}. The way of calibrating was chosen after a first model had been scored on them, so the calibration flatters a little.`}
              >
                <Facts
                  columns={4}
                  items={[
                    ['Ranks right (AUC)', `${(card.heldOut.auc * 100).toFixed(1)}% of pairs`],
                    ['Brier score', `${card.heldOut.brier.toFixed(4)} (0 is perfect)`],
                    [
                      'Predicted, observed',
                      `${formatShare(card.heldOut.predicted)}, ${formatShare(card.heldOut.observed)}`,
                    ],
                    ['Held-out flights', `${card.periods.heldOut.flights.toLocaleString('en')} flights`],
                    [
                      'Trained on',
                      `${card.periods.train.flights.toLocaleString('en')} flights, ${card.periods.train.months}`,
                    ],
                    [
                      'Calibrated on',
                      `${card.periods.tune.flights.toLocaleString('en')} flights, ${card.periods.tune.months}`,
                    ],
                    ['AUC lost by integers', lostText(card.quantisation.lost)],
                    ['Model id', <Hash key="id" value={model.data.modelId} name="model id" />],
                  ]}
                />
              </Panel>
              <Panel
                title="Does it mean what it says?"
                note="When it says 20%, about 20 of 100 flights should be late. Bars are what happened, the line is what it said."
              >
                <Suspense fallback={<Skeleton className={classes.chart} />}>
                  <CalibrationChart deciles={card.deciles} />
                </Suspense>
                <GroupTable
                  of="Tenth"
                  rows={card.deciles.map((group, index) => [`${index + 1}`, group] as const)}
                />
              </Panel>
            </>
          )}
          <RunYourself model={model.data} />
          {card !== null && (
            <div className={classes.pair}>
              <Panel title="By airline" note="Held-out flights, most flights first.">
                <GroupTable
                  of="Airline"
                  rows={Object.entries(card.byCarrier)
                    .sort(([, a], [, b]) => b.count - a.count)
                    .map(([code, group]) => [airlineName(code), group] as const)}
                />
              </Panel>
              <Panel title="By airport" note="Airport of departure.">
                <GroupTable
                  of="Airport"
                  rows={Object.entries(card.byAirport).map(
                    ([code, group]) => [`${airportCity(code)} (${code})`, group] as const,
                  )}
                />
              </Panel>
            </div>
          )}
        </div>
      )}
    </>
  );
}

function lostText(lost: number): string {
  const points = (Math.abs(lost) * 100).toFixed(2);
  return lost <= 0 ? `nothing, ${points} points gained` : `${points} points`;
}
