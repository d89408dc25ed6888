// Whole-transaction gas of a purchase and of a payout: five reporters, four signatures, the shipped model, an allowance
// given before. Other flights have been sold before, as on any day but the first.
import { answerFromInteger, leafHashOf, merkleRootOf, noEvidence, type QuestionSpec } from '@lichen/protocol';
import type { Hex } from 'viem';
import { deployCover, featureReport } from '../support/coverOnDevChain.ts';
import { accountOf, startDevChain } from '../support/devChain.ts';
import { deployOracle, reportOf } from '../support/lichenOnDevChain.ts';
import { printAtMost } from '../support/printBar.ts';

const dollar = 1_000_000n;
const features = Uint8Array.from({ length: 16 }, () => 40);
const chain = await startDevChain();
try {
  const oracle = await deployOracle(chain, 5);
  const { cover, buy } = await deployCover(chain, oracle, 200_000n * dollar);
  await oracle.submit(await reportOf(chain, 1, noEvidence));
  const holders = [accountOf(2_000), accountOf(2_001)] as const;
  for (const holder of holders) {
    await chain.fund(holder.address);
    await chain.send('PlayDollar', oracle.token, 'faucet', [10_000n * dollar], holder);
    await chain.send('PlayDollar', oracle.token, 'approve', [cover, 10_000n * dollar], holder);
  }
  const now = await chain.now();
  const flight = (number: number) => ({
    carrier: 'UA',
    number,
    origin: 'EWR',
    destination: 'IAH',
    departsAt: now + 7_200,
    arrivesAt: now + 20_000,
  });
  const report = (number: number) => featureReport(flight(number), features, now, 20_131_205, 7);
  const [first, second] = holders;

  await buy(first, report(1), 200n * dollar, 1n);
  const newFlight = await buy(first, report(2), 200n * dollar, 1n);
  const { gasUsed: sameFlight } = await buy(second, report(2), 200n * dollar, 1n);
  printAtMost('quote and buy, first cover on a flight', Number(newFlight.gasUsed), 'gas', 260_000);
  printAtMost('quote and buy, later cover on the same flight', Number(sameFlight), 'gas', 260_000);

  await chain.warp(20_001);
  const policy = await chain.read<{ flightId: Hex }>('FlightCover', cover, 'policyOf', [newFlight.policyId]);
  const question = await chain.read<QuestionSpec>('FlightCover', cover, 'questionOf', [policy.flightId]);
  const questionId = await chain.read<Hex>('Oracle', oracle.oracle, 'questionIdOf', [question]);
  const leaf = {
    questionId,
    outcome: 0,
    answer: answerFromInteger(1n),
    confidenceBps: 10_000,
    evidenceRoot: noEvidence,
  };
  await oracle.submit(await reportOf(chain, 2, merkleRootOf([leafHashOf(leaf)])));
  await chain.send('Oracle', oracle.oracle, 'accept', [question, 2, 0, leaf.answer, 10_000, noEvidence, []]);
  await chain.warp(4);
  const paid = await chain.send('FlightCover', cover, 'payOut', [newFlight.policyId]);
  printAtMost('payout, with the settlement of its flight', Number(paid.gasUsed), 'gas', 90_000);
} finally {
  chain.stop();
}
