import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { preparedPolicy, preparedReceipt } from './preparedReceipt.ts';
import { prepareVerifier } from './prepareVerifier.ts';
import { parseTrustPolicy } from './trustPolicy.ts';
import { verifyReceipt } from './verifyReceipt.ts';

test('what it verifies is the receipt of the vectors, with signatures of both kinds that hold', () => {
  const vectors = JSON.parse(
    readFileSync(new URL('../../vectors/journal.json', import.meta.url), 'utf8'),
  ) as { receipts: string[]; logVkey: string; witnessVkeys: string[] };
  expect(preparedReceipt).toBe(vectors.receipts[2]);
  for (const key of [vectors.logVkey, ...vectors.witnessVkeys]) expect(preparedPolicy).toContain(` ${key}\n`);
  const { checks } = verifyReceipt({
    receipt: preparedReceipt,
    policy: parseTrustPolicy(preparedPolicy),
  });
  expect(checks).toContainEqual({ name: 'witnesses', state: 'passed', detail: 'ed, ml saw this head' });
});

test('it waits for idle time before each piece, and ends', async () => {
  let asked = 0;
  await prepareVerifier(async () => {
    asked += 1;
  });
  expect(asked).toBeGreaterThan(1);
});
