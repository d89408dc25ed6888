import { expect, it } from 'vitest';
import { formatShare, readCard } from './readCard.ts';

const group = { count: 10, predicted: 0.1, observed: 0.1 };
const card = {
  target: 'late',
  periods: {
    train: { months: '2013-01 to 2013-09', flights: 90 },
    tune: { months: '2013-10', flights: 10 },
    heldOut: { months: '2013-11 to 2013-12', flights: 10 },
  },
  heldOut: { ...group, auc: 0.77, brier: 0.08, logLoss: 0.27 },
  deciles: [group],
  byCarrier: { UA: group },
  byAirport: { EWR: group },
  quantisation: { realAuc: 0.77, integerAuc: 0.77, lost: 0 },
};

it('reads a whole card and refuses a partial one', () => {
  expect(readCard(card)).toBe(card);
  for (const name of Object.keys(card).filter((key) => key !== 'target')) {
    expect(readCard({ ...card, [name]: undefined }), name).toBeNull();
  }
  for (const period of Object.keys(card.periods)) {
    for (const wrong of [undefined, { months: '2013-01' }, { flights: 10 }]) {
      expect(readCard({ ...card, periods: { ...card.periods, [period]: wrong } }), period).toBeNull();
    }
  }
  expect([null, 'text', 3].map(readCard)).toEqual([null, null, null]);
});

it('shows shares as percent', () => {
  expect(formatShare(0.10406)).toBe('10.4%');
});
