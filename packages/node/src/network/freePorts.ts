import { createServer } from 'node:net';
import { LichenError } from '@lichen/protocol';

function listen(port: number): Promise<{ port: number; close: () => Promise<void> } | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const bound = (server.address() as { port: number }).port;
      resolve({ port: bound, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** `count` different ports of 127.0.0.1 that are free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => listen(0)));
  await Promise.all(held.map((entry) => entry!.close()));
  return held.map((entry) => entry!.port);
}

/**
 * The wished port when it was chosen by the user and is free; otherwise the first free one from `usual` on.
 *
 * @throws LichenError `port-in-use` when the chosen one is taken, or none of twenty is free.
 */
export async function choosePort(chosen: number | undefined, usual: number): Promise<number> {
  const candidates =
    chosen === undefined ? Array.from({ length: 20 }, (_, index) => usual + index) : [chosen];
  for (const port of candidates) {
    const held = await listen(port);
    if (held === undefined) continue;
    await held.close();
    return port;
  }
  throw new LichenError('port-in-use', `Port ${candidates[0]} is in use by another program.`, {
    got:
      candidates.length === 1 ? `127.0.0.1:${chosen} is taken` : `ports ${usual} to ${usual + 19} are taken`,
    next: 'Stop that program, or choose another port with --port.',
    retry: 'after-fix',
  });
}
