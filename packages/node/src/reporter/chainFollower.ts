import { decodeFlight, type Flight, type QuestionSpec } from '@lichen/protocol';
import { flightCoverAbi, type LichenAddresses, oracleAbi, reporterSetAbi } from '@lichen/sdk';
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
  /** The set whose members the bits of `signers` name. */
  readonly epoch: number;
}

/** A reporter set that is or was in force. */
export interface ReporterSetInForce {
  /** Its number; grows with each change. */
  readonly epoch: number;
  /** Stands in every report, so that a signature counts for this set only. */
  readonly digest: Hex;
  /** In the order of the bits of every bitmap. */
  readonly members: readonly Address[];
}

/** Marks of one epoch that share a beneficiary, as the oracle keeps them. */
export interface SlashEntry {
  readonly beneficiary: Address;
  /** Bitmap of members. */
  reporters: bigint;
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
  /** The reporter set in force; undefined before the first and when all its members are gone. */
  readonly set: ReporterSetInForce | undefined;
  /** Every set so far, by epoch. */
  readonly sets: ReadonlyMap<number, ReporterSetInForce>;
  /** Marks of slashed members by epoch; the place in the list is the entry's number on the chain. */
  readonly slashes: ReadonlyMap<number, readonly SlashEntry[]>;
  /** Whose bonds have been taken after a mark. */
  readonly takenBonds: ReadonlySet<Address>;
  /** Who asked to leave and has not left. */
  readonly leaving: ReadonlySet<Address>;
  /** Block up to which events are read, or -1. */
  readonly block: bigint;
  /** Grows each time the chain was set back and everything was read anew. */
  readonly generation: number;
}

/** Keys of the members that a bitmap of a set names. */
export function membersIn(set: ReporterSetInForce, bitmap: bigint): Address[] {
  return set.members.filter((_, index) => ((bitmap >> BigInt(index)) & 1n) === 1n);
}

/** Whose bonds are marked, in whichever set they signed. */
export function slashedMembers(follower: Pick<ChainFollower, 'sets' | 'slashes'>): ReadonlySet<Address> {
  const members = [...follower.slashes].flatMap(([epoch, entries]) => {
    const set = follower.sets.get(epoch);
    return set === undefined ? [] : entries.flatMap(({ reporters }) => membersIn(set, reporters));
  });
  return new Set(members);
}

/** Blocks per request: providers refuse longer spans. */
const span = 5_000n;
const keptRounds = 1_000;

/** Follows Oracle, FlightCover and ReporterSet by their events. */
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
  const sets = new Map<number, ReporterSetInForce>();
  const slashes = new Map<number, SlashEntry[]>();
  const takenBonds = new Set<Address>();
  const leaving = new Set<Address>();
  /** Digest and members of the set that was activated last: its number comes with the oracle's own event. */
  let activated: Omit<ReporterSetInForce, 'epoch'> | undefined;
  let set: ReporterSetInForce | undefined;
  let block = fromBlock - 1n;
  let blockHash: Hex | undefined;
  let generation = 0;

  const abi = [...oracleAbi, ...flightCoverAbi, ...reporterSetAbi] as const;

  function startOver(): void {
    for (const map of [questions, rounds, policies, flights, settledFlights]) map.clear();
    for (const map of [sets, slashes, takenBonds, leaving]) map.clear();
    activated = undefined;
    set = undefined;
    block = fromBlock - 1n;
    blockHash = undefined;
    generation += 1;
  }

  function setStatus(id: Hex, status: QuestionStatus): void {
    const question = questions.get(id);
    if (question !== undefined) question.status = status;
  }

  /** Entry 0 belongs to the first beneficiary; each later mark for another one is an entry of its own (Oracle._slash). */
  function addSlash(marked: { epoch: number; reporters: bigint; beneficiary: Address }): void {
    if (marked.reporters === 0n) return;
    const entries = slashes.get(marked.epoch) ?? [];
    slashes.set(marked.epoch, entries);
    const [first] = entries;
    if (first?.beneficiary === marked.beneficiary) first.reporters |= marked.reporters;
    else entries.push({ beneficiary: marked.beneficiary, reporters: marked.reporters });
  }

  async function read(from: bigint, to: bigint): Promise<void> {
    const logs = await client.getLogs({
      address: [addresses.oracle, addresses.flightCover, addresses.reporterSet],
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
            epoch: set?.epoch ?? 0,
          });
          if (rounds.size > keptRounds) rounds.delete(rounds.keys().next().value!);
          break;
        case 'SetActivated':
          activated = { digest: log.args.configDigest, members: log.args.reporters };
          break;
        case 'SetFollowed': {
          const { epoch } = log.args;
          set =
            activated === undefined || activated.members.length === 0 ? undefined : { ...activated, epoch };
          if (set !== undefined) sets.set(epoch, set);
          break;
        }
        case 'ReportersSlashed':
          addSlash(log.args);
          break;
        case 'Slashed':
          takenBonds.add(log.args.reporter);
          break;
        case 'UnbondRequested':
          leaving.add(log.args.reporter);
          break;
        case 'Unbonded':
          leaving.delete(log.args.reporter);
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

  let syncing: Promise<void> | undefined;
  async function syncNow(): Promise<void> {
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
  }

  return {
    questions,
    rounds,
    policies,
    flights,
    settledFlights,
    sets,
    slashes,
    takenBonds,
    leaving,
    get set() {
      return set;
    },
    get block() {
      return block;
    },
    get generation() {
      return generation;
    },
    // One reading at a time: two that overlap could put an older page over a newer one.
    sync: () => {
      syncing ??= syncNow().finally(() => {
        syncing = undefined;
      });
      return syncing;
    },
  };
}
