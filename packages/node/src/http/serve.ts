import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { LichenError } from '@lichen/protocol';
import type { Hono } from 'hono';

export interface Served {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Stops listening, ends open connections and resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Serves a hono app on the loopback address only, on the given port or on a free one.
 *
 * @throws LichenError `port-in-use` when something else listens on the given port.
 */
// biome-ignore lint/suspicious/noExplicitAny: an app's environment type has no bearing on serving it
export async function serve(app: Hono<any, any, any>, port = 0): Promise<Served> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new LichenError('port-in-use', `Port ${port} is in use by another program.`, {
              got: `127.0.0.1:${port} is taken`,
              next: 'Stop that program or choose another port.',
              retry: 'after-fix',
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
