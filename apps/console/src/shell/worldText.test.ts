import { expect, it } from 'vitest';
import { worldText } from './worldText.ts';

it('says the label of the network', () => {
  expect(worldText({ label: 'replay of recorded days', live: [] })).toEqual({
    title: 'Replay of recorded days',
    more: '',
  });
});

it('names what is live', () => {
  const live = [
    { use: 'status', name: 'OpenSky', origin: 'https://a.example' },
    { use: 'weather', name: 'Open-Meteo', origin: 'https://b.example' },
  ];
  const label = 'replay of recorded days; questions about live flights are settled by OpenSky';
  expect(worldText({ label, live }).more).toBe(
    'Questions about live flights are settled by OpenSky. Weather of the present from Open-Meteo.',
  );
});
