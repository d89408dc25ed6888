import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';

/** The anvil that the workspace installed. */
export const anvilBinary = ['linux-amd64', 'linux-arm64', 'darwin-arm64']
  .map((platform) =>
    join(import.meta.dirname, `../../../../node_modules/@foundry-rs/anvil-${platform}/bin/anvil`),
  )
  .find(existsSync)!;

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes away with the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-chain-'));
  folders.push(folder);
  return folder;
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  readonly body: any;
}

/** Posts to a JSON-RPC server with headers of one's own choice. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const call = request(
      url,
      { method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let said = '';
        response.on('data', (part) => {
          said += part;
        });
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve({ status: response.statusCode!, body: said === '' ? undefined : JSON.parse(said) });
          } catch {
            resolve({ status: response.statusCode!, body: said });
          }
        });
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}

/** One JSON-RPC call; throws the server's error. */
export async function rpc<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const { body } = await post(url, { jsonrpc: '2.0', id: 1, method, params });
  if (body.error) throw Object.assign(new Error(body.error.message), { data: body.error.data });
  return body.result as T;
}

export interface SeenBlock {
  readonly number: Hex;
  readonly hash: Hex;
  readonly timestamp: Hex;
  readonly transactions: readonly Hex[];
}

/** Polls until `probe` gives something other than undefined. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
