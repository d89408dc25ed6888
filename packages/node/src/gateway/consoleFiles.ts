import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Context } from 'hono';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** Inline styles are the component library's; scripts come from files of this server only. */
const contentPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * A worker goes by the policy of its own file. Those of replay and audit may compile WebAssembly, the sandbox in which
 * recorded rules run again, so that no page has to; besides scripts of this server they may load nothing.
 */
const sandboxPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const sandboxFile = /^\/assets\/(audit|replay)\.worker-[\w-]+\.js$/;

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Serves the built console: hashed files below `assets/` may be kept for a year, everything else is asked for again.
 * Paths without a file are pages of the console and get its `index.html`; paths that look like files get undefined.
 */
export async function consoleFile(
  folder: string,
  context: Context,
  path: string,
): Promise<Response | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.split(/[\\/]/).some((part) => part.startsWith('.'))) return undefined;
  const wanted = normalize(join(folder, decoded));
  if (wanted !== folder && !wanted.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  const isFile = (await stat(wanted).catch(() => undefined))?.isFile() ?? false;
  if (!isFile && extname(decoded) !== '') return undefined;
  const file = isFile ? wanted : join(folder, 'index.html');
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const isHashed = isFile && /[\\/]assets[\\/]/.test(wanted);
  return context.body(bytes, 200, {
    ...securityHeaders,
    'content-security-policy': isFile && sandboxFile.test(decoded) ? sandboxPolicy : contentPolicy,
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
}
