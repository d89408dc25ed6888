import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, writeFileDurably } from '@lichen/journal';
import { flightTopic, networkPolicyOf, parseVkey, vkeyTextOf } from '@lichen/protocol';
import type { LichenAddresses } from '@lichen/sdk';
import { type Hex, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import {
  type AccountsInit,
  embeddedTerms,
  externalTerms,
  fundBundler,
  startAccounts,
} from '../accounts/startAccounts.ts';
import {
  type AgentProgram,
  startTradingAgent,
  type TradingParts,
  tradingIdentityOf,
} from '../agents/startTradingAgent.ts';
import { stakeSponsor } from '../deploy/deployAccounts.ts';
import { checkChain, deployLichen } from '../deploy/deployLichen.ts';
import { publicKeysOf } from '../journal/journalKeys.ts';
import type { Misbehaviour } from '../reporter/misbehaviour.ts';
import { type LiveSources, type ShownSource, shownSources, worldLabel } from '../sources/sourcesFile.ts';
import { type Supervisor, startSupervisor } from '../supervisor/startSupervisor.ts';
import { firstBlockOf } from './firstBlock.ts';
import { choosePort, freePorts } from './freePorts.ts';
import { changedContracts, readKeptDeployment } from './keptDeployment.ts';
import { loadKeys, type NetworkKeys } from './keys.ts';
import type { ModelFiles, RoleMessages, RoleName } from './roles.ts';
import { loadWorld, type NetworkWorld } from './world.ts';

/** A chain that exists already, used in place of the embedded one. */
export interface ExternalChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly deployerKey: Hex;
}

export interface NetworkInit {
  readonly stateFolder: string;
  /** Program and arguments that run one role in a process of its own. */
  readonly argvOf: (role: RoleName) => readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly anvilBinary: string;
  /** Folder of forge's output. */
  readonly artifactsDir: string;
  /** Folder of the flight record. */
  readonly dataDir: string;
  readonly consoleDir?: string;
  readonly model: ModelFiles;
  /** Port of the console; 8680 or the next free one when absent. */
  readonly port?: number;
  readonly speed?: number;
  readonly from?: number;
  readonly externalChain?: ExternalChain;
  /** Providers of the present, with their credentials; without them flights are recorded ones only. */
  readonly liveSources?: LiveSources;
  /** Reporters (1 to 5) that are told to break the rules, to see what the others do. */
  readonly misbehave?: ReadonlyMap<number, Misbehaviour>;
  /** The trading agent, with the market that it trades in; on the embedded chain only. Neither runs without it. */
  readonly tradingAgent?: AgentProgram;
  /** Told of each step of the start, in a few words. */
  readonly onProgress?: (text: string) => void;
  /** Told of what happens later: a process that died, was started again. */
  readonly onEvent?: (text: string) => void;
}

export interface Network {
  readonly gatewayUrl: string;
  /** What the screen must say about this network's world. */
  readonly label: string;
  /** Live sources, without their credentials. */
  readonly live: readonly ShownSource[];
  /** What each reporter was told to do, by number; empty when all are honest. */
  readonly misbehave: ReadonlyMap<number, Misbehaviour>;
  /** Of a chain that is not ours, scheme and host only. */
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  readonly world: NetworkWorld;
  readonly supervisor: Supervisor;
  stop(): Promise<void>;
}

/** Chain id of the embedded network; no public chain has it. */
export const embeddedChainId = 31_338;
const usualConsolePort = 8680;
const reporterCount = 5;
const sourceNames = ['northstar', 'meridian', 'skyline'] as const;

/** Those of the market and of the trading agent that send transactions. */
function tradersOf(keys: NetworkKeys): readonly Hex[] {
  return [keys.marketMaker, keys.tradingAgent, keys.tradingAnchor];
}

/** Providers put keys into paths: of a chain that is not ours, only scheme and host are shown. */
function shownRpcUrl(externalChain: ExternalChain | undefined): string | null {
  return externalChain === undefined ? null : new URL(externalChain.rpcUrl).origin;
}

/**
 * Starts a whole network on this machine: chain, contracts, replay world, reporters, keeper, gateway. On a state folder
 * that has been used before it continues: same chain, same keys, same world.
 *
 * @throws LichenError `already-running`, `port-in-use`, `bad-input`, `wrong-chain`, `state-damaged`, `disk-full`, …
 */
export async function startNetwork(init: NetworkInit): Promise<Network> {
  const { stateFolder, externalChain, liveSources, misbehave = new Map<number, Misbehaviour>() } = init;
  const label = worldLabel(liveSources);
  const live = shownSources(liveSources ?? { status: [] });
  const tell = init.onProgress ?? (() => {});
  mkdirSync(stateFolder, { recursive: true });
  const lock = await lockFolder(stateFolder);
  let supervisor: Supervisor | undefined;
  try {
    const port = await choosePort(init.port, usualConsolePort);
    const keys = loadKeys(join(stateFolder, 'keys.json'));
    const now = Math.floor(Date.now() / 1000);
    const world = loadWorld(join(stateFolder, 'world.json'), { speed: init.speed, from: init.from }, now);
    const chainId = externalChain?.chainId ?? embeddedChainId;
    const controlToken = randomBytes(24).toString('hex');
    const runFile = join(stateFolder, 'run.json');
    const addressOf = (key: Hex) => privateKeyToAccount(key).address;
    const deployerKey = externalChain?.deployerKey ?? keys.deployer;

    const running = startSupervisor({
      runFile,
      logsFolder: join(stateFolder, 'logs'),
      facts: {
        stateFolder,
        chainId,
        consoleUrl: null,
        rpcUrl: shownRpcUrl(externalChain),
        controlToken,
        label,
        live,
        ...(misbehave.size === 0 ? {} : { misbehave: Object.fromEntries(misbehave) }),
      },
      ...(init.onEvent === undefined ? {} : { onEvent: init.onEvent }),
    });
    supervisor = running;
    // All roles load the same modules: the first compiles them for the others, which start in half the time (1.2 s of
    // processor time each without, 0.6 s with). In our own folder, since whoever can write there can run code as us.
    const env = { NODE_COMPILE_CACHE: join(stateFolder, 'cache'), ...init.env };
    const launch = <Role extends RoleName>(name: string, role: Role, message: RoleMessages[Role]) =>
      running.launch({ name, argv: init.argvOf(role), env, message, readyTimeoutMs: 180_000 });

    const program = externalChain === undefined ? init.tradingAgent : undefined;
    const ports = await freePorts(1 + sourceNames.length + 1 + reporterCount + 2 + 2);
    const takePort = () => ports.pop()!;
    // Before the first transaction of anybody: on a wrong chain it would be somebody else's money.
    const before = externalChain === undefined ? 0 : await checkChain(externalChain);
    let rpcUrl = externalChain?.rpcUrl;
    if (rpcUrl === undefined) {
      tell('Starting the chain');
      const chainPort = takePort();
      const funded = [
        ...[keys.deployer, keys.keeper, keys.developmentAccount, keys.bundler, ...keys.reporters],
        ...tradersOf(keys),
      ];
      await launch('chain', 'chain', {
        folder: join(stateFolder, 'chain'),
        anvilBinary: init.anvilBinary,
        chainId,
        port: chainPort,
        genesisBalances: funded.map((key) => ({
          address: addressOf(key),
          wei: parseEther('10000').toString(),
        })),
      });
      rpcUrl = `http://127.0.0.1:${chainPort}`;
      running.note({ rpcUrl });
    }

    const reporters = keys.reporters.map((privateKey, index) => {
      const reporterPort = takePort();
      const url = `http://127.0.0.1:${reporterPort}`;
      return { index, privateKey, address: addressOf(privateKey), port: reporterPort, url };
    });
    const sources = keys.sources.map((privateKey, index) => {
      const sourcePort = takePort();
      const url = `http://127.0.0.1:${sourcePort}`;
      return { name: sourceNames[index]!, privateKey, address: addressOf(privateKey), port: sourcePort, url };
    });
    const weatherPort = takePort();
    const weatherUrl = `http://127.0.0.1:${weatherPort}`;

    tell('Setting up the contracts');
    const accountsInit: AccountsInit = {
      stateFolder,
      rpcUrl,
      chainId,
      artifactsDir: init.artifactsDir,
      terms: externalChain === undefined ? embeddedTerms : externalTerms,
      deployerKey,
      payerKey: externalChain === undefined ? keys.bundler : deployerKey,
      bundlerKey: keys.bundler,
      sponsorKey: keys.sponsor,
      bundlerPort: takePort(),
      sponsorPort: takePort(),
      launch,
    };
    await fundBundler(accountsInit);
    // With a payer of its own this goes on beside all that follows; one payer's transactions have to wait for each other.
    const early = externalChain === undefined ? startAccounts(accountsInit) : undefined;
    early?.catch(() => {});
    const deployment = await deployLichen({
      rpcUrl,
      chainId,
      deployerKey,
      artifactsDir: init.artifactsDir,
      speed: world.speed,
      model: init.model,
      // The endpoint on the chain says who it is, not where: ports change from start to start.
      reporters: reporters.map(({ privateKey, index }) => ({
        privateKey,
        endpoint: `reporter-${index + 1}`,
      })),
      sources: sources.map(({ name, address }) => ({ name, address, topic: flightTopic })),
      funded:
        externalChain === undefined
          ? // A chain from before there were agents has given them nothing.
            program === undefined
            ? []
            : tradersOf(keys).map(addressOf)
          : [addressOf(keys.keeper), ...reporters.map(({ address }) => address)],
    });
    const { addresses: contracts, modelId } = deployment;
    const deploymentFile = join(stateFolder, 'deployment.json');
    const kept = readKeptDeployment(deploymentFile);
    const changed = changedContracts(kept, contracts);
    if (changed !== undefined) init.onEvent?.(changed);
    const fromBlock =
      externalChain === undefined ? 0 : await firstBlockOf(rpcUrl, contracts.oracle, before, kept);
    const starting = early ?? startAccounts(accountsInit);
    starting.catch(() => {});

    const operators = reporters.map(({ privateKey, address, url, index }) => {
      const { journal, witness } = publicKeysOf(chainId, address, privateKey);
      return { index, address, url, journal, witness };
    });
    const agentPort = takePort();
    const identity =
      program === undefined ? undefined : tradingIdentityOf({ chainId, keys, port: agentPort });
    const trading: Promise<TradingParts> | undefined =
      program === undefined
        ? undefined
        : startTradingAgent(
            { supervisor: running, launchMarket: (message) => launch('market', 'market', message) },
            {
              ...{ stateFolder, rpcUrl, chainId, artifactsDir: init.artifactsDir, keys, program, env, now },
              ...{ controlToken, accounts: starting, marketPort: takePort(), port: agentPort },
              addresses: contracts,
              witnesses: operators.map(({ url, witness }) => ({
                url: `${url}/witness`,
                witness: witness.map(vkeyTextOf),
              })),
            },
          );
    trading?.catch(() => {});

    tell('Starting the replay world');
    const { dataDir } = init;
    await Promise.all([
      ...sources.map(({ name, privateKey, port: sourcePort }, index) =>
        launch(`source-${index + 1}`, 'source', {
          name,
          privateKey,
          chainId,
          oracle: contracts.oracle,
          world,
          dataDir,
          controlToken,
          port: sourcePort,
        }),
      ),
      launch('weather', 'weather', { world, dataDir, port: weatherPort }),
    ]);

    tell('Starting the reporters');
    const peers = reporters.map(({ index, address, url }) => ({ index, address, url }));
    const namedSources = sources.map(({ name, address, url }) => ({ name, address, url }));
    // Beside the state, so that a receipt can be checked when nothing runs.
    const writers = [
      ...operators,
      ...(identity === undefined ? [] : [{ journal: parseVkey(identity.journal.vkey), witness: [] }]),
    ];
    writeFileDurably(join(stateFolder, 'trust-policy.txt'), networkPolicyOf(writers));
    await Promise.all(
      reporters.map(({ index, privateKey, port: reporterPort }) => {
        const stateDir = join(stateFolder, 'reporters', String(index + 1));
        mkdirSync(stateDir, { recursive: true });
        const told = misbehave.get(index + 1);
        return launch(`reporter-${index + 1}`, 'reporter', {
          index,
          privateKey,
          port: reporterPort,
          stateDir,
          rpcUrl,
          chainId,
          addresses: contracts,
          fromBlock,
          peers,
          sources: namedSources,
          weatherUrl,
          ...(liveSources === undefined ? {} : { liveSources }),
          world,
          dataDir,
          modelFiles: [init.model.blobFile],
          journals: [
            ...operators
              .filter((operator) => operator.index !== index)
              .map(({ url, journal, witness }) => ({
                url,
                journal: vkeyTextOf(journal),
                witness: witness.map(vkeyTextOf),
              })),
            ...(identity === undefined ? [] : [identity.peer]),
          ],
          ...(told === undefined ? {} : { misbehave: told }),
        });
      }),
    );

    tell('Starting keeper and gateway');
    const topical = namedSources.map((source) => ({ ...source, topic: flightTopic }));
    await launch('keeper', 'keeper', {
      privateKey: keys.keeper,
      rpcUrl,
      chainId,
      addresses: contracts,
      fromBlock,
    });
    const [accounts, traded] = await Promise.all([starting, trading]);
    const addresses = { ...contracts, ...accounts.addresses };
    const deployed = { ...deployment, addresses };
    writeFileDurably(deploymentFile, `${JSON.stringify({ ...deployed, firstBlock: fromBlock }, null, 2)}\n`);
    const config = {
      name: externalChain === undefined ? 'embedded' : 'external',
      label,
      live,
      chainId,
      rpcPath: '/rpc',
      addresses,
      accounts: accounts.config,
      modelId,
      world,
      ...(externalChain === undefined
        ? {
            developmentAccount: {
              address: addressOf(keys.developmentAccount),
              privateKey: keys.developmentAccount,
            },
          }
        : {}),
      reporters: peers,
      journals: [
        ...operators.map(({ index, address, journal, witness }) => ({
          origin: journal.name,
          writer: address,
          vkey: vkeyTextOf(journal),
          witness: witness.map(vkeyTextOf),
          path: `/v1/journals/${index}`,
        })),
        ...(identity === undefined
          ? []
          : [{ ...identity.journal, path: `/v1/journals/${operators.length}` }]),
      ],
      ...(traded === undefined ? {} : { agents: [traded.agent], market: traded.market }),
      sources: topical,
      weatherUrl,
      startedAt: now,
    };
    const launched = launch('gateway', 'gateway', {
      port,
      rpcUrl,
      fromBlock,
      config,
      reporters: peers,
      sources: topical,
      weatherUrl,
      ...(init.consoleDir === undefined ? {} : { consoleDir: init.consoleDir }),
      runFile,
      model: init.model,
      accounts: { bundlerUrl: accounts.bundlerUrl, sponsorUrl: accounts.sponsorUrl },
      ...(traded === undefined ? {} : { agents: [traded.endpoint], marketUrl: traded.marketUrl }),
    });
    const [ready] = await Promise.all([
      launched,
      accounts.ready,
      traded?.ready,
      stakeSponsor(rpcUrl, deployerKey, addresses.sponsor, accountsInit.terms.stake),
    ]);
    const gatewayUrl = ready.url ?? `http://127.0.0.1:${port}`;
    running.note({ consoleUrl: gatewayUrl });
    return {
      gatewayUrl,
      label,
      live,
      misbehave,
      rpcUrl: shownRpcUrl(externalChain) ?? rpcUrl,
      chainId,
      addresses,
      world,
      supervisor: running,
      async stop() {
        await running.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await supervisor?.stop();
    await lock.release();
    throw error;
  }
}
