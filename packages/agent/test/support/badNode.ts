// A node between an agent and the chain that can be away, or do what it is asked and never say so.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hex } from 'viem';

/** `away`: the request is lost. `mute`: it is served and the reply is lost. `lose`: it is answered and forgotten. */
export type Manners = 'serve' | 'away' | 'mute' | 'lose';

export interface BadNode {
  readonly url: string;
  /** Every signed transaction that it was handed. */
  readonly handed: Hex[];
  manners: (method: string) => Manners;
  stop(): void;
}

export async function startBadNode(upstream: string, manners: (method: string) => Manners): Promise<BadNode> {
  const handed: Hex[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const { method, params, id } = JSON.parse(text) as { method: string; params: [Hex]; id: number };
      const how = node.manners(method);
      const hangUp = () => request.socket.destroy();
      if (how === 'away') return hangUp();
      if (method === 'eth_sendRawTransaction') handed.push(params[0]);
      const say = (status: number, body: string) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      if (how === 'lose') {
        return void say(200, JSON.stringify({ jsonrpc: '2.0', id, result: `0x${'00'.repeat(32)}` }));
      }
      void fetch(upstream, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: text,
      })
        .then(async (answer) => {
          const body = await answer.text();
          if (how === 'mute') hangUp();
          else say(answer.status, body);
        })
        .catch(hangUp);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const node: BadNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handed,
    manners,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return node;
}
