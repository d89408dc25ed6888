import { lichenCommand } from './lichenCommand.ts';

export interface ProductProcess {
  /** Where it answers; absent for a part that says nothing of it. */
  readonly url?: string;
  stop(): Promise<void>;
}

/**
 * Starts one part of the network as `lichen up` does: a process of its own, told its init over IPC. Resolves when it says
 * that it is ready.
 */
export async function startProductProcess(role: string, message: object): Promise<ProductProcess> {
  const child = lichenCommand(['process', role], ['ignore', 'pipe', 'inherit', 'ipc']);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<{ url?: string }>((resolve, reject) => {
    let text = '';
    child.once('exit', (code, signal) => reject(new Error(`${role} ended with ${code ?? signal}: ${text}`)));
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      for (const line of text.split('\n')) {
        if (line.startsWith('{"ready":true') && line.endsWith('}')) resolve(JSON.parse(line));
      }
    });
    child.send(message);
  });
  return {
    ...(ready.url === undefined ? {} : { url: ready.url }),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
