import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleFile } from './consoleFiles.ts';

describe('files of the console', () => {
  let folder: string;
  const app = new Hono();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lichen-console-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    for (const name of ['replay.worker-aB_1-2.js', 'audit.worker-x.js', 'index-1.js']) {
      writeFileSync(join(folder, 'assets', name), 'export {};');
    }
    writeFileSync(join(folder, 'replay.worker-1.js'), 'export {};');
    app.get('*', async (context) => {
      const file = await consoleFile(folder, context, context.req.path);
      return file ?? context.text('none', 404);
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const policyOf = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, policy: response.headers.get('content-security-policy') ?? '' };
  };

  it('let only replay and audit compile WebAssembly, and let them load nothing else', async () => {
    for (const path of ['/assets/replay.worker-aB_1-2.js', '/assets/audit.worker-x.js']) {
      const { status, policy } = await policyOf(path);
      expect(status, path).toBe(200);
      expect(policy, path).toContain("'wasm-unsafe-eval'");
      expect(policy, path).toContain("default-src 'none'");
    }
    for (const path of ['/', '/agents', '/assets/index-1.js', '/replay.worker-1.js']) {
      const other = await policyOf(path);
      expect(other.status, path).toBe(200);
      expect(other.policy, path).toContain("script-src 'self';");
      expect(other.policy, path).not.toContain('eval');
    }
  });

  it('give a page for every path that is no file, with the policy of pages', async () => {
    const page = await policyOf('/journal/1/2');
    expect(page.status).toBe(200);
    expect(page.policy).not.toContain('eval');
    expect((await app.request('/assets/replay.worker-other.js')).status).toBe(404);
    expect((await app.request('/assets/..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });
});
