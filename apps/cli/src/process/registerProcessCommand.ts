import { readFileSync } from 'node:fs';
import {
  type ChildPart,
  endAsFailed,
  loadRecord,
  type RoleMessages,
  type RoleName,
  roleNames,
  serveAsChild,
  startBundler,
  startChain,
  startGateway,
  startKeeper,
  startMarket,
  startReporter,
  startSponsor,
  startStatusSource,
  startWeatherService,
  tellSupervisor,
} from '@lichen/node';
import { Argument, type Command } from 'commander';

const say = (event: string) => tellSupervisor({ event });
const log = (line: string) => process.stdout.write(`${line}\n`);

const roles: { readonly [Role in RoleName]: (message: RoleMessages[Role]) => Promise<ChildPart> } = {
  chain: (message) =>
    startChain({
      ...message,
      genesisBalances: message.genesisBalances.map(({ address, wei }) => ({ address, wei: BigInt(wei) })),
      onEvent: say,
      onFatal: endAsFailed,
    }),
  source: ({ dataDir, chainId, oracle, ...message }) =>
    startStatusSource({ ...message, verifier: { chainId, address: oracle }, record: loadRecord(dataDir) }),
  weather: ({ dataDir, ...message }) => startWeatherService({ ...message, record: loadRecord(dataDir) }),
  reporter: ({ dataDir, modelFiles, ...message }) =>
    startReporter({
      ...message,
      record: loadRecord(dataDir),
      modelBlobs: modelFiles.map((file) => new Uint8Array(readFileSync(file))),
      log,
      // All reporters ask the same providers: one of them tells the operator, the others their logs.
      onSourceTrouble: message.index === 0 ? say : log,
    }),
  keeper: (message) => startKeeper({ ...message, log }),
  gateway: (message) => startGateway(message),
  bundler: (message) => startBundler({ ...message, onFatal: endAsFailed }),
  sponsor: (message) => startSponsor(message),
  market: (message) => startMarket({ ...message, log }),
};

/** `lichen process <role>`: one part of the network, started by the supervisor, which sends its init over IPC. */
export function registerProcessCommand(program: Command): void {
  program
    .command('process', { hidden: true })
    .description('one part of the network; started by `lichen up`')
    .addArgument(new Argument('<role>').choices(roleNames))
    .action((role: RoleName) => {
      serveAsChild(roles[role] as (message: unknown) => Promise<ChildPart>);
    });
}
