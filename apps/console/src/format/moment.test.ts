import { expect, it } from 'vitest';
import { formatRecordedDay, formatRecordedTime } from './moment.ts';

it('reads recorded seconds on a New York clock, in winter and in summer', () => {
  const winter = Date.UTC(2013, 11, 6, 2, 35) / 1000;
  const summer = Date.UTC(2013, 6, 4, 4, 5) / 1000;
  expect([formatRecordedDay(winter), formatRecordedTime(winter)]).toEqual(['5 Dec 2013', '21:35']);
  expect([formatRecordedDay(summer), formatRecordedTime(summer)]).toEqual(['4 Jul 2013', '00:05']);
});
