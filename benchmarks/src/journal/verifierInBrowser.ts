// What receipt-browser.bench.ts puts into a page: the verifier, as the console's worker has it.
import { parseTrustPolicy, prepareVerifier, verifyReceipt } from '@lichen/protocol';

export const verifier = { parseTrustPolicy, prepareVerifier, verifyReceipt };
export type Verifier = typeof verifier;

Object.assign(globalThis, { verifier });
