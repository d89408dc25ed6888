import { expect, it } from 'vitest';
import { longestFile, verifyFiles } from './chosenFiles.ts';
import { formatMilliseconds } from './timeVerification.ts';

const policy = 'quorum none\n';

it('reports a file that is no receipt as a finding', async () => {
  const { report, milliseconds } = await verifyFiles({ receipt: new Blob(['<script>']) }, policy);
  expect(report.isValid).toBe(false);
  expect(report.checks[0]).toMatchObject({ name: 'receipt', state: 'failed' });
  expect(milliseconds).toBeGreaterThanOrEqual(0);
});

it('prefers the chosen policy, and names what is wrong with it', async () => {
  const wrong = { receipt: new Blob(['']), policy: new Blob(['witness\n']) };
  await expect(verifyFiles(wrong, policy)).rejects.toThrow('Line 1 of the trust policy');
  await expect(verifyFiles({ receipt: new Blob(['']) }, undefined)).rejects.toThrow('trust policy');
});

it('refuses to read what is too long', async () => {
  const receipt = new Blob([new Uint8Array(longestFile + 1)]);
  await expect(verifyFiles({ receipt }, policy)).rejects.toMatchObject({ code: 'bad-input' });
});

it('shows tenths of a millisecond', () => {
  expect(formatMilliseconds(3.44)).toBe('3.4 ms');
  expect(formatMilliseconds(312.4)).toBe('312 ms');
});
