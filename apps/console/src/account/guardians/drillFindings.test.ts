import { expect, it } from 'vitest';
import { drillFindings } from './drillFindings.ts';
import type { Drill } from './readDrill.ts';

const drill: Drill = {
  guardians: 3,
  threshold: 2,
  delaySeconds: 86_400,
  guardiansOnChain: 3,
  devices: 2,
  balance: 970_000_000n,
  covers: 1,
  mandates: 2,
  vault: 'lost',
};
const text = (change: Partial<Drill>) =>
  drillFindings({ ...drill, ...change }).map(({ mark, text: words }) => `${mark}: ${words}`);

it('says what comes back and what does not', () => {
  expect(text({})).toEqual([
    'Works: 2 of 3 guardians must agree, and 3 have an account on the chain. Then 24 h pass.',
    'Back: The account with 970.00 pUSD and 1 live cover.',
    'Paused: 2 mandates of agents.',
    'Gone: All 2 passkeys of your present devices.',
    'Lost: The vault key: it has no recovery code and no shares. Make one on the page “Vault key”.',
  ]);
});

it('warns of what would fail', () => {
  expect(text({ guardians: 0, threshold: 0, devices: 1 })).toEqual([
    'Fails: You have no guardians: a recovery cannot even begin.',
  ]);
  expect(text({ guardiansOnChain: 1 })[0]).toContain('Unsure: 2 of 3 guardians must agree, but only 1');
  expect(text({ threshold: 1 })[1]).toContain('Risky: One guardian alone');
  expect(text({ vault: 'shares' }).at(-1)).toContain('Back: The vault key');
  expect(text({ vault: 'code' }).at(-1)).toContain('Perhaps');
});
