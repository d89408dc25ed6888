import { demandRunning } from '../support/stateFolder.ts';
import { liveText } from './liveText.ts';
import { misbehaviourText } from './misbehaviourOf.ts';

function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** What runs on a state folder, as data and as a table. @throws LichenError `not-running` */
export async function statusCommand(stateFolder: string): Promise<{ json: unknown; text: string }> {
  const { controlToken: _secret, ...run } = await demandRunning(stateFolder);
  const now = Math.floor(Date.now() / 1000);
  const rows = run.processes.map(
    ({ name, state, pid, restarts, since }) =>
      `  ${name.padEnd(14)}${state.padEnd(12)}${spanText(now - since).padStart(7)}${String(restarts).padStart(10)}${String(pid ?? '').padStart(10)}`,
  );
  const events = run.events
    .slice(-5)
    .map(({ at, text }) => `  ${spanText(now - at)} ago: ${text.split('\n')[0]}`);
  const text = [
    `Console  ${run.consoleUrl ?? 'not ready yet'}`,
    `World    ${run.label ?? 'replay of recorded days'}`,
    ...liveText(run.live ?? []).map((line) => `Live     ${line}`),
    ...misbehaviourText(Object.entries(run.misbehave ?? {})).map((line) => `Liar     ${line}`),
    `Chain    id ${run.chainId}, ${run.rpcUrl ?? 'not ready yet'}`,
    `State    ${run.stateFolder}`,
    '',
    `  ${'Process'.padEnd(14)}${'State'.padEnd(12)}${'Since'.padStart(7)}${'Restarts'.padStart(10)}${'Pid'.padStart(10)}`,
    ...rows,
    ...(events.length === 0 ? [] : ['', 'Last events', ...events]),
  ].join('\n');
  return { json: run, text };
}
