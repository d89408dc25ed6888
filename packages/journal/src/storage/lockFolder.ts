import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LichenError } from '@lichen/protocol';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * The socket whose owner holds the folder. The kernel frees it with its process, which a file with a process id in it
 * cannot promise (ids are used again). Linux has names without a file; elsewhere a stale file is recognised by asking.
 */
function socketOf(folder: string): string {
  const name = `lichen-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

function bind(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** True when a living process holds the folder. */
export function isFolderLocked(folder: string): Promise<boolean> {
  return isAnswered(socketOf(folder));
}

/**
 * Takes a folder for this process alone, waiting up to `patienceMs` for an owner that is just ending.
 *
 * @throws LichenError `already-running` when another living process holds it.
 */
export async function lockFolder(folder: string, patienceMs = 0): Promise<FolderLock> {
  const path = socketOf(folder);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const server = await bind(path);
    if (server !== undefined) {
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    }
    if (!path.startsWith('\0') && !(await isAnswered(path))) {
      rmSync(path, { force: true });
      continue;
    }
    if (Date.now() >= deadline) {
      throw new LichenError('already-running', `Another process is using ${folder}.`, {
        expected: 'one process at a time',
        next: 'Stop the other one first, or choose another folder.',
        retry: 'after-fix',
      });
    }
    await sleep(100);
  }
}
