import { preparedPolicy, preparedReceipt } from './preparedReceipt.ts';
import { parseTrustPolicy } from './trustPolicy.ts';
import { verifyReceipt } from './verifyReceipt.ts';

/** Verifications after which a browser has compiled what it will compile. */
const rounds = 8;

/**
 * Has the verifier ready before somebody asks: the first signatures of a page cost a browser some 100 ms, since tables are
 * made and code is compiled, later ones a tenth of it. Verifies a receipt that comes with it and says nothing of any other.
 * @param whenIdle resolves when there is nothing better to do; asked before each of a few pieces of at most 100 ms
 */
export async function prepareVerifier(whenIdle: () => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await whenIdle();
    verifyReceipt({ receipt: preparedReceipt, policy: parseTrustPolicy(preparedPolicy) });
  }
}
