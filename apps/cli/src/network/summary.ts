import type { Network } from '@lichen/node';
import { liveText } from './liveText.ts';
import { misbehaviourText } from './misbehaviourOf.ts';

/** `2013-12-05 12:00 UTC` */
export function recordedText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a person should see once the network runs. */
export function networkSummary(network: Network, stateFolder: string, tookMs: number): string {
  const { world, supervisor } = network;
  const count = supervisor.processes().length;
  return [
    '',
    `  Lichen is running (${(tookMs / 1000).toFixed(1)} s).`,
    '',
    // Passkeys belong to a name: under an address of digits a browser makes none.
    `  Console   ${network.gatewayUrl.replace('127.0.0.1', 'localhost')}`,
    `  World     replay of recorded days, from ${recordedText(world.recordedEpoch)}, ${world.speed} times as fast`,
    ...liveText(network.live).map((line) => `  Live      ${line}`),
    ...misbehaviourText(network.misbehave).map((line) => `  Liar      ${line}`),
    `  Chain     id ${network.chainId}, ${network.rpcUrl}`,
    `  Network   ${count} processes; their logs are in ${stateFolder}/logs`,
    '',
    '  Try, in another terminal:',
    '    npm run lichen -- cover flights',
    '    npm run lichen -- status',
    '',
    '  Ctrl-C stops everything and keeps it.',
  ].join('\n');
}
