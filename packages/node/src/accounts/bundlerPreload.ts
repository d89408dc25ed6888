// Runs inside the bundler's process before the bundler itself (node --import), and changes two things of it from outside,
// since alto 0.0.20 has no option for either: it listens on the address that we choose instead of 0.0.0.0, and it ends
// with the process that started it, also when that one is killed and can say nothing.
import { Server } from 'node:net';

// Given in the query of this module's own address: `bundlerPreload.ts?host=127.0.0.1`.
const host = new URL(import.meta.url).searchParams.get('host') ?? '127.0.0.1';
// biome-ignore lint/suspicious/noExplicitAny: listen has nine overloads, and all of them pass through here
const listen: (...args: any[]) => Server = Server.prototype.listen;

Server.prototype.listen = function listenOnOneAddress(this: Server, ...args: unknown[]): Server {
  const [first, ...rest] = args;
  const callback = rest.find((argument) => typeof argument === 'function');
  const port = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
  if (!/^\d+$/.test(String(port))) throw new Error('Only a TCP port may be listened on here.');
  return listen.call(this, { port: Number(port), host }, ...(callback === undefined ? [] : [callback]));
};

process.once('disconnect', () => process.exit(0));
// Waiting for the parent's end must not be what keeps this process alive.
process.channel?.unref();
