import {
  answerFromInteger,
  decodeModel,
  flightFeaturesDigest,
  infer,
  leafHashOf,
  merkleProofOf,
  merkleRootOf,
  noEvidence,
  type QuestionSpec,
  questionIdOf,
  type Report,
  reportDigest,
} from '@lichen/protocol';
import { type Address, decodeFunctionResult, type Hex, keccak256, parseEventLogs, toBytes } from 'viem';
import { type BenchCover, featureReport, shippedBlob } from '../support/coverOnDevChain.ts';
import type { DevChain } from '../support/devChain.ts';
import type { BenchOracle } from '../support/lichenOnDevChain.ts';
import { type Books, emptyBooks } from './replayBooks.ts';
import { abiOf, type Call, callOf, type MinedCall, type ReplayChain, reasonOf } from './replayChain.ts';
import { hour, type PlannedFlight } from './replayPlan.ts';

interface ReplayComponents {
  readonly chain: DevChain;
  readonly blocks: ReplayChain;
  readonly oracle: BenchOracle;
  readonly cover: BenchCover;
  readonly holder: Address;
  /** Chain time less recorded time, whole hours. */
  readonly shift: number;
}

export interface Replay {
  readonly books: Books;
  /**
   * One block at that recorded hour: ends the policies whose flights were answered an hour before, reports and proves the
   * answers that are due, and sells cover of 100.00 on each flight, its features signed by a quorum.
   */
  live(time: number, flights: readonly PlannedFlight[]): Promise<void>;
  /** Policies that are still live. */
  stuck(): Promise<number>;
}

interface Sold {
  readonly planned: PlannedFlight;
  readonly flightId: Hex;
  readonly policyId: Hex;
}

const payout = 100_000_000n;
/** The bar of cover-gas.bench.ts. */
const buyGasBar = 260_000;
const answerWindow = 86_400;
/** PolicyState.LIVE; below it is NONE. */
const live = 1;

/** Prepares the replay: unlocks the holder and the keeper, reads what stays the same. */
export async function createReplay(components: ReplayComponents): Promise<Replay> {
  const { chain, blocks, oracle, cover, shift } = components;
  const chainId = await chain.chain.getChainId();
  const holder = await blocks.unlock(components.holder);
  const keeper = await blocks.unlock(chain.owner);
  const model = decodeModel(shippedBlob());
  const topic = await chain.read<Hex>('FlightCover', cover.cover, 'TOPIC');
  const fee = await chain.read<bigint>('Oracle', oracle.oracle, 'FEE');
  const books = emptyBooks();
  /** Policies by the hour at which reporters answer. */
  const due = new Map<number, Sold[]>();
  const asked = new Set<Hex>();
  const policies: Hex[] = [];
  let toSettle: readonly Sold[] = [];

  async function mined(time: number, calls: readonly Call[]): Promise<MinedCall[]> {
    const results = await blocks.mine(time + shift, calls);
    for (const [index, { succeeded }] of results.entries()) {
      if (succeeded) continue;
      books.refused++;
      if (books.refused > 5) continue;
      process.stderr.write(`refused: ${await reasonOf(chain, calls[index]!)}\n`);
    }
    return results;
  }

  const eventsOf = (name: string, logs: readonly MinedCall['logs'][number][]) =>
    parseEventLogs({ abi: abiOf(name), logs: logs as never }) as unknown as {
      eventName: string;
      args: Record<string, unknown>;
    }[];

  const atChain = ({ flight }: PlannedFlight) => ({
    ...flight,
    departsAt: flight.scheduledDeparture + shift,
    arrivesAt: flight.scheduledArrival + shift,
  });

  function questionOf({ planned, flightId }: Sold): QuestionSpec {
    const opensAt = planned.flight.scheduledArrival + shift;
    return {
      asker: cover.cover,
      kind: 1,
      low: 0n,
      high: 4n,
      topic,
      subject: flightId,
      modelId: noEvidence,
      inputHash: noEvidence,
      opensAt,
      answerBy: opensAt + answerWindow,
      liveness: 3,
      callbackGas: 0,
      salt: 0n,
    };
  }

  async function saleOf(time: number, planned: PlannedFlight): Promise<Call> {
    const { features, day, cell, flight } = planned;
    const report = featureReport(atChain(planned), features, time + shift, day, cell);
    const { bitmap, signatures } = await oracle.sign(
      flightFeaturesDigest({ chainId, address: cover.cover }, report),
    );
    const args = [report, bitmap, signatures, payout, 2n * payout, BigInt(flight.row)];
    return callOf(holder, 'FlightCover', cover.cover, 'buy', args, 600_000);
  }

  function noteSale(planned: PlannedFlight, { succeeded, gasUsed, logs }: MinedCall): void {
    if (!succeeded) return;
    books.sold++;
    books.buyGas += gasUsed;
    if (gasUsed > buyGasBar) books.dearBuys++;
    books.mostBuyGas = Math.max(books.mostBuyGas, gasUsed);
    for (const { eventName, args } of eventsOf('CoverPool', logs)) {
      if (eventName === 'Spent') books.spent += args.amount as bigint;
    }
    for (const { eventName, args } of eventsOf('FlightCover', logs)) {
      if (eventName !== 'PolicyBought') continue;
      const { id, flightId, quote } = args as {
        id: Hex;
        flightId: Hex;
        quote: { probabilityPpm: bigint; premium: bigint };
      };
      books.premiums += quote.premium;
      if (quote.probabilityPpm !== infer(model, planned.features)) books.mispriced++;
      if (!asked.has(flightId)) books.fees += fee;
      asked.add(flightId);
      policies.push(id);
      const others = due.get(planned.answeredAt) ?? [];
      due.set(planned.answeredAt, [...others, { planned, flightId, policyId: id }]);
    }
  }

  /** The report of the hour, then a proof of each answer that it holds. */
  async function reportOf(time: number, flights: readonly Sold[]): Promise<Call[]> {
    const byFlight = new Map(flights.map((sold) => [sold.flightId, sold]));
    const answers = [...byFlight.values()].map((sold) => {
      const spec = questionOf(sold);
      const leaf = {
        questionId: questionIdOf(chainId, oracle.oracle, spec),
        outcome: 0,
        answer: answerFromInteger(BigInt(sold.planned.answer)),
        confidenceBps: 10_000,
        evidenceRoot: noEvidence,
      };
      return { spec, leaf };
    });
    const leaves = answers.map(({ leaf }) => leafHashOf(leaf));
    const round = (time + shift) / hour;
    const report: Report = {
      round,
      observedFrom: time + shift - hour,
      observedTo: time + shift,
      root: merkleRootOf(leaves),
      dataDigest: keccak256(toBytes(`hour ${time}`)),
    };
    const { bitmap, signatures } = await oracle.sign(
      reportDigest({ chainId, address: oracle.oracle }, oracle.configDigest, report),
    );
    const submit = callOf(keeper, 'Oracle', oracle.oracle, 'submit', [report, bitmap, signatures], 400_000);
    const accepts = answers.map(({ spec, leaf }, index) => {
      const args = [spec, round, leaf.outcome, leaf.answer, leaf.confidenceBps, leaf.evidenceRoot];
      const proof = merkleProofOf(leaves, index);
      return callOf(keeper, 'Oracle', oracle.oracle, 'accept', [...args, proof], 300_000);
    });
    return [submit, ...accepts];
  }

  function notePayouts(results: readonly MinedCall[]): void {
    const logs = results.flatMap((result) => result.logs);
    for (const { eventName, args } of eventsOf('FlightCover', logs)) {
      if (eventName === 'PolicyPaid') {
        books.paid++;
        books.payouts += args.payout as bigint;
      }
      if (eventName === 'PolicyRefunded') {
        books.refunded++;
        books.refunds += args.premium as bigint;
      }
      if (eventName === 'PolicyClosed') books.closed++;
    }
  }

  return {
    books,
    async live(time, flights) {
      const payouts = toSettle.map(({ policyId }) =>
        callOf(keeper, 'FlightCover', cover.cover, 'payOut', [policyId], 400_000),
      );
      toSettle = due.get(time) ?? [];
      due.delete(time);
      const report = await reportOf(time, toSettle);
      const sales = await Promise.all(flights.map((planned) => saleOf(time, planned)));
      const results = await mined(time, [...payouts, ...report, ...sales]);
      notePayouts(results.slice(0, payouts.length));
      const reported = results.slice(payouts.length, payouts.length + report.length);
      if (reported[0]!.succeeded) books.reports++;
      books.answers += reported.slice(1).filter(({ succeeded }) => succeeded).length;
      for (const [index, planned] of flights.entries()) {
        noteSale(planned, results[payouts.length + report.length + index]!);
      }
    },
    async stuck() {
      const calls = policies.map((id) => callOf(keeper, 'FlightCover', cover.cover, 'policyOf', [id], 0));
      const found = await blocks.look(calls);
      return found.filter((data) => {
        const policy = decodeFunctionResult({ abi: abiOf('FlightCover'), functionName: 'policyOf', data });
        return (policy as { state: number }).state <= live;
      }).length;
    },
  };
}
