// Verifying a receipt with eight cosignatures, inclusion among a million and the decision's form, in Node.
// receipt-browser.bench.ts does the same in a browser.
import { parseTrustPolicy, verifyReceipt } from '@lichen/protocol';
import { printAtMost } from '../support/printBar.ts';
import { sampleReceipt } from './sampleReceipt.ts';

const { receipt, policy: text } = sampleReceipt();
const policy = parseTrustPolicy(text);
const times: number[] = [];
for (let run = 0; run < 40; run += 1) {
  const from = performance.now();
  const report = verifyReceipt({ receipt, policy });
  times.push(performance.now() - from);
  if (!report.isValid) throw new Error(JSON.stringify(report.checks));
}
times.sort((a, b) => a - b);
printAtMost('verifying a receipt, 8 cosignatures, in Node', Number(times[20]!.toFixed(1)), 'ms', 50, {
  slowest: Number(times.at(-1)!.toFixed(1)),
  receiptBytes: receipt.length,
});
