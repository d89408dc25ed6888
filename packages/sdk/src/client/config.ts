import type { WorldClock } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import { type AgentConfig, agentAt } from '../agents/agentConfig.ts';
import { type MarketConfig, marketAt } from '../market/marketConfig.ts';
import {
  addressAt,
  type Fields,
  fieldsOf,
  hexAt,
  integerAt,
  listAt,
  objectAt,
  textAt,
} from '../network/readFields.ts';

/** Where the contracts of a network are. */
export interface LichenAddresses {
  readonly playDollar: Address;
  readonly modelRegistry: Address;
  readonly reporterSet: Address;
  readonly oracle: Address;
  readonly flightCover: Address;
  readonly coverPool: Address;
  readonly entryPoint?: Address;
  readonly accountFactory?: Address;
  readonly passkeyAccount?: Address;
  readonly mandateExecutor?: Address;
  readonly mandateValidator?: Address;
  readonly guardianRecovery?: Address;
  readonly sponsor?: Address;
  readonly anchor?: Address;
}

/** Where a network's accounts live: contracts, and the gateway's paths of the bundler and of the sponsor (ERC-7677). */
export interface AccountsConfig {
  /** EntryPoint 0.8 (ERC-4337). */
  readonly entryPoint: Address;
  readonly factory: Address;
  readonly implementation: Address;
  readonly mandateExecutor: Address;
  readonly mandateValidator: Address;
  readonly guardianRecovery: Address;
  readonly sponsor: Address;
  readonly bundlerPath: string;
  readonly paymasterPath: string;
}

/** A journal of decisions that the network serves, and the keys with which its writer witnesses those of the others. */
export interface JournalConfig {
  /** Its name, that of its key, and where it begins in its checkpoints. */
  readonly origin: string;
  /** Who writes it. */
  readonly writer: Address;
  /** Verifier key of its heads. https://c2sp.org/signed-note */
  readonly vkey: string;
  readonly witness: readonly string[];
  /** Path of its files on the gateway. */
  readonly path: string;
}

/** A provider of the present that the network asks, without its credential. */
export interface LiveSourceConfig {
  readonly use: string;
  readonly name: string;
  /** Scheme, host and port. */
  readonly origin: string;
}

/** A gateway's `/config.json`. */
export interface LichenConfig {
  readonly name: string;
  /** What the screen must say about this world, e.g. "replay of recorded days". */
  readonly label: string;
  /** Sources of the present; none where everything is replayed. */
  readonly live: readonly LiveSourceConfig[];
  readonly chainId: number;
  /** Path of the chain's JSON-RPC on the gateway. */
  readonly rpcPath: string;
  readonly addresses: LichenAddresses;
  /** Absent on a network without accounts. */
  readonly accounts?: AccountsConfig;
  /** Journals of decisions; none on a network that keeps none. */
  readonly journals: readonly JournalConfig[];
  /** Agents that the network runs; none where the gateway names none. */
  readonly agents: readonly AgentConfig[];
  /** Absent on a network without a market. */
  readonly market?: MarketConfig;
  readonly modelId: Hex;
  /** Maps recorded time to chain time; `recordedFrom` and `recordedTo` bound the shipped record (recorded seconds). */
  readonly world: WorldClock & { readonly recordedFrom: number; readonly recordedTo: number };
  /** A key that everybody knows, funded on the embedded network only. Absent elsewhere. */
  readonly developmentAccount?: { readonly address: Address; readonly privateKey: Hex };
  readonly reporters: readonly { readonly index: number; readonly address: Address; readonly url: string }[];
  readonly sources: readonly {
    readonly name: string;
    readonly address: Address;
    readonly url: string;
    readonly topic: Hex;
  }[];
  readonly weatherUrl: string;
  /** Chain time, unix seconds. */
  readonly startedAt: number;
}

const farFuture = 2 ** 40 - 1;

function worldAt(fields: Fields): LichenConfig['world'] {
  const world = objectAt(fields, 'world');
  return {
    recordedEpoch: integerAt(world, 'recordedEpoch', 0, farFuture),
    chainEpoch: integerAt(world, 'chainEpoch', 0, farFuture),
    speed: integerAt(world, 'speed', 1, 100_000),
    recordedFrom: integerAt(world, 'recordedFrom', 0, farFuture),
    recordedTo: integerAt(world, 'recordedTo', 0, farFuture),
  };
}

const optionalAddresses = [
  'entryPoint',
  'accountFactory',
  'passkeyAccount',
  'mandateExecutor',
  'mandateValidator',
  'guardianRecovery',
  'sponsor',
  'anchor',
] as const;

function accountsAt(fields: Fields): AccountsConfig {
  const accounts = objectAt(fields, 'accounts');
  return {
    entryPoint: addressAt(accounts, 'entryPoint'),
    factory: addressAt(accounts, 'factory'),
    implementation: addressAt(accounts, 'implementation'),
    mandateExecutor: addressAt(accounts, 'mandateExecutor'),
    mandateValidator: addressAt(accounts, 'mandateValidator'),
    guardianRecovery: addressAt(accounts, 'guardianRecovery'),
    sponsor: addressAt(accounts, 'sponsor'),
    bundlerPath: textAt(accounts, 'bundlerPath'),
    paymasterPath: textAt(accounts, 'paymasterPath'),
  };
}

function journalAt(entry: unknown): JournalConfig {
  const journal = fieldsOf('A journal in the gateway configuration', entry);
  return {
    origin: textAt(journal, 'origin'),
    writer: addressAt(journal, 'writer'),
    vkey: textAt(journal, 'vkey'),
    witness: listAt(journal, 'witness').map(String),
    path: textAt(journal, 'path'),
  };
}

function liveAt(entry: unknown): LiveSourceConfig {
  const source = fieldsOf('A live source in the gateway configuration', entry);
  return { use: textAt(source, 'use'), name: textAt(source, 'name'), origin: textAt(source, 'origin') };
}

/**
 * Reads a gateway's `/config.json`.
 * @throws LichenError `bad-input` naming the first field that is missing or malformed.
 */
export function readConfig(value: unknown): LichenConfig {
  const fields = fieldsOf('The gateway configuration', value);
  const addresses = objectAt(fields, 'addresses');
  const development =
    fields.values.developmentAccount == null ? undefined : objectAt(fields, 'developmentAccount');
  return {
    name: textAt(fields, 'name'),
    label: textAt(fields, 'label'),
    live: fields.values.live == null ? [] : listAt(fields, 'live').map(liveAt),
    chainId: integerAt(fields, 'chainId', 1, Number.MAX_SAFE_INTEGER),
    rpcPath: textAt(fields, 'rpcPath'),
    addresses: {
      playDollar: addressAt(addresses, 'playDollar'),
      modelRegistry: addressAt(addresses, 'modelRegistry'),
      reporterSet: addressAt(addresses, 'reporterSet'),
      oracle: addressAt(addresses, 'oracle'),
      flightCover: addressAt(addresses, 'flightCover'),
      coverPool: addressAt(addresses, 'coverPool'),
      ...Object.fromEntries(
        optionalAddresses
          .filter((name) => addresses.values[name] != null)
          .map((name) => [name, addressAt(addresses, name)]),
      ),
    },
    ...(fields.values.accounts == null ? {} : { accounts: accountsAt(fields) }),
    journals: fields.values.journals == null ? [] : listAt(fields, 'journals').map(journalAt),
    agents: fields.values.agents == null ? [] : listAt(fields, 'agents').map(agentAt),
    ...(fields.values.market == null ? {} : { market: marketAt(objectAt(fields, 'market')) }),
    modelId: hexAt(fields, 'modelId', 32),
    world: worldAt(fields),
    ...(development === undefined
      ? {}
      : {
          developmentAccount: {
            address: addressAt(development, 'address'),
            privateKey: hexAt(development, 'privateKey', 32),
          },
        }),
    reporters: listAt(fields, 'reporters').map((entry) => {
      const reporter = fieldsOf('A reporter in the gateway configuration', entry);
      return {
        index: integerAt(reporter, 'index', 0, 63),
        address: addressAt(reporter, 'address'),
        url: textAt(reporter, 'url'),
      };
    }),
    sources: listAt(fields, 'sources').map((entry) => {
      const source = fieldsOf('A source in the gateway configuration', entry);
      return {
        name: textAt(source, 'name'),
        address: addressAt(source, 'address'),
        url: textAt(source, 'url'),
        topic: hexAt(source, 'topic', 32),
      };
    }),
    weatherUrl: textAt(fields, 'weatherUrl'),
    startedAt: integerAt(fields, 'startedAt', 0, farFuture),
  };
}
