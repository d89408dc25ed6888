import { keccak256, toHex } from 'viem';
import { expect, test } from 'vitest';
import type { FlightRecord } from '../record/loadRecord.ts';
import { createFlightBook } from './flightBook.ts';
import { chainAt, flightWith, settableClock, testRecord, testWorld } from './world.fixture.ts';

/** The shipped record, counting how often its departures are read. */
function countedRecord(): { record: FlightRecord; reads: () => number } {
  const record = testRecord();
  let reads = 0;
  return {
    reads: () => reads,
    record: {
      ...record,
      rowsDeparting: (from, to) => {
        reads += 1;
        return record.rowsDeparting(from, to);
      },
    },
  };
}

const unknown = (index: number) => keccak256(toHex(`no flight ${index}`));

test('ids that are no flights are searched together, once, and hold up nobody who asks for a flight', async () => {
  const { record, reads } = countedRecord();
  // Late in the first lap, so that thirty days back lie partly before the window.
  const clock = settableClock(chainAt(testWorld.recordedTo - 2 * 86_400));
  const book = createFlightBook(record, testWorld, clock);
  const { flight } = flightWith(() => true, testWorld.recordedTo - 86_400);
  const order: string[] = [];
  const searches = Array.from({ length: 200 }, (_, index) =>
    book.find(unknown(index)).then((found) => {
      order.push('search');
      return found;
    }),
  );
  const found = await book.find(flight.flightId);
  order.push('flight');
  expect(found?.flight.flightId).toBe(flight.flightId);
  expect(await Promise.all(searches)).toEqual(searches.map(() => undefined));
  expect(order[0]).toBe('flight');
  // Two days at once, then at most one read for each lap that a day touches.
  expect(reads()).toBeLessThanOrEqual(2 + 28 * 2);

  const before = reads();
  expect(await book.find(unknown(1_000))).toBeUndefined();
  expect(reads()).toBe(before);
});

test('a flight of three weeks ago is still found', async () => {
  const { flight } = flightWith(() => true);
  const clock = settableClock(chainAt(flight.scheduledDeparture + 15 * 86_400));
  const book = createFlightBook(testRecord(), testWorld, clock);
  expect((await book.find(flight.flightId))?.flight.row).toBe(flight.row);
});
