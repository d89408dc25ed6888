import type { LichenAddresses } from '@lichen/sdk';
import type { Address, Hex } from 'viem';
import type { QuotaLimits } from '../accounts/sponsorQuota.ts';
import type { Simulations } from '../deploy/deployEntryPoint.ts';
import type { MarketAddresses } from '../deploy/deployMarket.ts';
import type { AgentEndpoint } from '../gateway/agentForward.ts';
import type { JournalPeer } from '../journal/reporterJournal.ts';
import type { Misbehaviour } from '../reporter/misbehaviour.ts';
import type { LiveSources } from '../sources/sourcesFile.ts';
import type { NetworkWorld } from './world.ts';

export interface NamedPeer {
  readonly index: number;
  readonly address: Address;
  readonly url: string;
}

export interface NamedSource {
  readonly name: string;
  readonly address: Address;
  readonly url: string;
}

/** Files of the model that prices are made with. */
export interface ModelFiles {
  readonly blobFile: string;
  readonly manifestFile: string;
  readonly cardFile?: string;
}

/** What each process is told at its start, as JSON over IPC. The command line turns it into the init of the part. */
export interface RoleMessages {
  readonly chain: {
    readonly folder: string;
    readonly anvilBinary: string;
    readonly chainId: number;
    readonly port: number;
    readonly genesisBalances: readonly { readonly address: Address; readonly wei: string }[];
  };
  readonly source: {
    readonly name: string;
    readonly privateKey: Hex;
    readonly chainId: number;
    readonly oracle: Address;
    readonly world: NetworkWorld;
    readonly dataDir: string;
    readonly controlToken: string;
    readonly port: number;
  };
  readonly weather: { readonly world: NetworkWorld; readonly dataDir: string; readonly port: number };
  readonly reporter: {
    readonly index: number;
    readonly privateKey: Hex;
    readonly port: number;
    readonly stateDir: string;
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly addresses: LichenAddresses;
    /** Block from which events are read. */
    readonly fromBlock: number;
    readonly peers: readonly NamedPeer[];
    readonly sources: readonly NamedSource[];
    readonly weatherUrl: string;
    /** Holds credentials: it travels by this message only. */
    readonly liveSources?: LiveSources;
    readonly world: NetworkWorld;
    readonly dataDir: string;
    readonly modelFiles: readonly string[];
    /** Journals of the other reporters, whose heads this one witnesses. */
    readonly journals: readonly JournalPeer[];
    /** Makes this reporter break the rules, to see what the others do. */
    readonly misbehave?: Misbehaviour;
  };
  readonly keeper: {
    readonly privateKey: Hex;
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly addresses: LichenAddresses;
    /** Block from which events are read. */
    readonly fromBlock: number;
  };
  readonly gateway: {
    readonly port: number;
    readonly rpcUrl: string;
    /** Block from which events are read. */
    readonly fromBlock: number;
    /** The body of `/config.json`; the sdk reads more of it than the gateway does. */
    readonly config: {
      readonly chainId: number;
      readonly addresses: LichenAddresses;
      readonly modelId: Hex;
      readonly [field: string]: unknown;
    };
    readonly reporters: readonly NamedPeer[];
    readonly sources: readonly (NamedSource & { readonly topic: Hex })[];
    readonly weatherUrl: string;
    readonly consoleDir?: string;
    readonly runFile: string;
    readonly model: ModelFiles;
    /** Where bundler and sponsor answer. */
    readonly accounts?: { readonly bundlerUrl: string; readonly sponsorUrl: string };
    readonly agents?: readonly AgentEndpoint[];
    readonly marketUrl?: string;
  };
  readonly bundler: {
    readonly rpcUrl: string;
    readonly host: string;
    readonly port: number;
    readonly executorKey: Hex;
    readonly simulations: Simulations;
  };
  readonly sponsor: {
    readonly port: number;
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly signerKey: Hex;
    readonly sponsor: Address;
    readonly factory: Address;
    readonly folder: string;
    readonly quota: QuotaLimits;
  };
  readonly market: {
    readonly port: number;
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly folder: string;
    readonly dataDir: string;
    readonly makerKey: Hex;
    readonly sourceKey: Hex;
    readonly addresses: MarketAddresses;
    readonly dayMs: number;
  };
}

export type RoleName = keyof RoleMessages;
export const roleNames: readonly RoleName[] = [
  'chain',
  'source',
  'weather',
  'reporter',
  'keeper',
  'gateway',
  'bundler',
  'sponsor',
  'market',
];
