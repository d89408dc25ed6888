import { decodeFlight, type Flight, type QuestionSpec } from '@lichen/protocol';
import { flightCoverAbi, type LichenAddresses, oracleAbi } from '@lichen/sdk';
import { type Address, type Hex, type PublicClient, parseEventLogs } from 'viem';

export type QuestionStatus = 'pending' | 'accepted' | 'disputed' | 'final' | 'cancelled';

/** A question as the chain's events tell it. */
export interface TrackedQuestion {
  readonly id: Hex;
  readonly spec: QuestionSpec;
  status: QuestionStatus;
  /** Chain second until which a disputed answer can be defended. */
  defendBy?: number;
  /** Set once accepted. */
  answer?: {
    readonly round: number;
    readonly outcome: number;
    readonly value: Hex;
    readonly confidenceBps: number;
    readonly evidenceRoot: Hex;
    readonly block: bigint;
    readonly transaction: Hex;
    /** Chain second of the acceptance, where the node tells it with its logs. */
    readonly acceptedAt: number | undefined;
  };
}

/** A round as reported on the chain. */
export interface ReportedRound {
  readonly round: number;
  readonly root: Hex;
  readonly dataDigest: Hex;
  readonly signers: bigint;
  readonly observedFrom: number;
  readonly observedTo: number;
  readonly block: bigint;
  readonly transaction: Hex;
}

export interface TrackedPolicy {
  readonly id: Hex;
  readonly holder: Address;
  readonly flightId: Hex;
  open: boolean;
}

/** The chain's events, followed from the first block. */
export interface ChainFollower {
  /** Reads what is new. Starts over when the chain has been set back. @throws when the chain does not answer */
  sync(): Promise<void>;
  readonly questions: ReadonlyMap<Hex, TrackedQuestion>;
  /** The last thousand reported rounds. */
  readonly rounds: ReadonlyMap<number, ReportedRound>;
  readonly policies: ReadonlyMap<Hex, TrackedPolicy>;
  /** Flights that cover was bought for. */
  readonly flights: ReadonlyMap<Hex, Flight>;
  readonly settledFlights: ReadonlySet<Hex>;
  /** Block up to which events are read, or -1. */
  readonly block: bigint;
  /** Grows each time the chain was set back and everything was read anew. */
  readonly generation: number;
}

/** Blocks per request: providers refuse longer spans. */
const span = 5_000n;
const keptRounds = 1_000;

/** Follows Oracle and FlightCover by their events. */
export function createChainFollower(
  client: PublicClient,
  addresses: LichenAddresses,
  fromBlock = 0n,
): ChainFollower {
  const questions = new Map<Hex, TrackedQuestion>();
  const rounds = new Map<number, ReportedRound>();
  const policies = new Map<Hex, TrackedPolicy>();
  const flights = new Map<Hex, Flight>();
  const settledFlights = new Set<Hex>();
  let block = fromBlock - 1n;
  let blockHash: Hex | undefined;
  let generation = 0;

  const abi = [...oracleAbi, ...flightCoverAbi] as const;

  function startOver(): void {
    for (const map of [questions, rounds, policies, flights, settledFlights]) map.clear();
    block = fromBlock - 1n;
    blockHash = undefined;
    generation += 1;
  }

  function setStatus(id: Hex, status: QuestionStatus): void {
    const question = questions.get(id);
    if (question !== undefined) question.status = status;
  }

  async function read(from: bigint, to: bigint): Promise<void> {
    const logs = await client.getLogs({
      address: [addresses.oracle, addresses.flightCover],
      fromBlock: from,
      toBlock: to,
    });
    for (const log of parseEventLogs({ abi, logs, strict: true })) {
      switch (log.eventName) {
        case 'QuestionAsked': {
          const spec = log.args.spec as QuestionSpec;
          questions.set(log.args.id, { id: log.args.id, spec, status: 'pending' });
          break;
        }
        case 'AnswerAccepted': {
          const question = questions.get(log.args.id);
          if (question === undefined) break;
          question.status = 'accepted';
          question.answer = {
            round: log.args.round,
            outcome: log.args.outcome,
            value: log.args.value,
            confidenceBps: log.args.confidenceBps,
            evidenceRoot: log.args.evidenceRoot,
            block: log.blockNumber,
            transaction: log.transactionHash,
            acceptedAt: log.blockTimestamp == null ? undefined : Number(log.blockTimestamp),
          };
          break;
        }
        case 'AnswerFinal':
          setStatus(log.args.id, 'final');
          break;
        case 'QuestionCancelled':
          setStatus(log.args.id, 'cancelled');
          break;
        case 'DisputeOpened': {
          const question = questions.get(log.args.id);
          if (question === undefined) break;
          question.status = 'disputed';
          question.defendBy = log.args.defendBy;
          break;
        }
        case 'DisputeResolved':
          setStatus(log.args.id, 'final');
          break;
        case 'RoundReported':
          rounds.set(log.args.round, {
            ...log.args,
            block: log.blockNumber,
            transaction: log.transactionHash,
          });
          if (rounds.size > keptRounds) rounds.delete(rounds.keys().next().value!);
          break;
        case 'PolicyBought': {
          const { report, flightId, id, holder } = log.args;
          policies.set(id, { id, holder, flightId, open: true });
          flights.set(flightId, decodeFlight(report));
          break;
        }
        case 'FlightSettled':
          settledFlights.add(log.args.flightId);
          break;
        case 'PolicyPaid':
        case 'PolicyRefunded':
        case 'PolicyClosed': {
          const policy = policies.get(log.args.id);
          if (policy !== undefined) policy.open = false;
          break;
        }
      }
    }
  }

  return {
    questions,
    rounds,
    policies,
    flights,
    settledFlights,
    get block() {
      return block;
    },
    get generation() {
      return generation;
    },
    sync: async () => {
      const latest = await client.getBlock({ blockTag: 'latest' });
      if (blockHash !== undefined && latest.number <= block) {
        if (latest.number === block && latest.hash === blockHash) return;
        startOver();
      } else if (blockHash !== undefined) {
        const known = await client.getBlock({ blockNumber: block }).catch(() => undefined);
        if (known?.hash !== blockHash) startOver();
      }
      while (block < latest.number) {
        const to = block + span < latest.number ? block + span : latest.number;
        await read(block + 1n, to);
        block = to;
      }
      blockHash = latest.hash;
    },
  };
}
