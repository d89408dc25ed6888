import { type ReceiptParameters, type ReceiptReport, verifyReceipt } from '@lichen/protocol';

export interface TimedReport {
  readonly report: ReceiptReport;
  /** Milliseconds that the verification took in this browser. */
  readonly milliseconds: number;
}

/** Verifies a receipt and says how long it took; gathering what is verified does not count. */
export function timeVerification(parameters: ReceiptParameters): TimedReport {
  const start = performance.now();
  const report = verifyReceipt(parameters);
  return { report, milliseconds: performance.now() - start };
}

/** `3.4 ms` of milliseconds; browsers tell no more than tenths. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 100 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
