import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningNetwork } from './network.ts';

/** The operator's control of the replay's sources: how one of them behaves, about all flights or about one. */
export async function setSourceMode(
  network: RunningNetwork,
  index: number,
  mode: 'honest' | 'lie' | 'lag' | 'dead',
  flightId?: `0x${string}`,
): Promise<void> {
  const { controlToken } = JSON.parse(readFileSync(join(network.stateDir, 'run.json'), 'utf8')) as {
    controlToken: string;
  };
  const response = await fetch(`${network.client.config.sources[index]!.url}/v1/mode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lichen-control': controlToken },
    body: JSON.stringify({ mode, ...(flightId === undefined ? {} : { flightId }) }),
  });
  if (!response.ok) throw new Error(`mode not set: ${response.status} ${await response.text()}`);
}
