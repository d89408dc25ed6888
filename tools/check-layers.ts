// Refuses an import that the house does not allow (ARCHITECTURE.md), and fails when it has checked nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Layer {
  readonly folder: string;
  /** Workspace packages that may be imported. */
  readonly ours: readonly string[];
  /** Patterns of other packages and of identifiers that must not appear. */
  readonly never: readonly RegExp[];
}

const environment = /\bprocess\.env\b/;
const nodeBuiltin = /from 'node:/;
const react = /from 'react/;

export const layers: readonly Layer[] = [
  { folder: 'packages/contracts', ours: [], never: [/./] },
  {
    folder: 'packages/protocol',
    ours: [],
    never: [nodeBuiltin, environment, /\bfetch\(/, /\bDate\.now\(/, /\bMath\.random\(/, /\bsetTimeout\(/],
  },
  {
    folder: 'packages/sdk',
    ours: ['protocol', 'contracts'],
    never: [nodeBuiltin, environment, react, /from '(@libp2p|libp2p)/],
  },
  {
    folder: 'packages/journal',
    ours: ['protocol'],
    never: [environment, react, /\bfetch\(/, /from '(viem|hono|@libp2p|libp2p|node:https?)/],
  },
  { folder: 'packages/node', ours: ['protocol', 'sdk', 'journal'], never: [environment, react] },
  { folder: 'packages/agent', ours: ['protocol', 'sdk', 'journal'], never: [environment, react] },
  { folder: 'apps/cli', ours: ['protocol', 'contracts', 'sdk', 'journal', 'node', 'agent'], never: [react] },
  { folder: 'apps/console', ours: ['protocol', 'sdk'], never: [environment] },
  { folder: 'applications', ours: ['protocol', 'contracts', 'sdk', 'journal', 'node', 'agent'], never: [] },
  { folder: 'benchmarks', ours: ['protocol', 'contracts', 'sdk', 'journal', 'node', 'agent'], never: [] },
];

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function sourcesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'out', 'cache', 'abi'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.(ts|tsx)$/.test(entry.name) ? [path] : [];
  });
}

/** Sentences that say which edge is refused; empty when the file obeys its layer. */
export function violationsOf(file: string, text: string, layer: Layer): string[] {
  const found: string[] = [];
  const isTest = /\.(test|system\.test|test-d)\.tsx?$|\/test\/|\.config\.ts$/.test(file);
  for (const match of text.matchAll(importPattern)) {
    const target = match[1]!;
    const ours = /^@lichen\/([^/]+)(\/.*)?$/.exec(target);
    if (ours) {
      if (!layer.ours.includes(ours[1]!)) found.push(`${file}: ${layer.folder} must not import ${target}`);
      else if (ours[2] !== undefined)
        found.push(`${file}: import ${target.replace(ours[2], '')} instead of the internal ${target}`);
    }
    if (target.startsWith('.')) {
      const landed = relative('.', join(dirname(file), target));
      if (!landed.startsWith(layer.folder) && !isTest)
        found.push(`${file}: reaches out of ${layer.folder} to ${landed}`);
    }
  }
  if (!isTest) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const pattern of layer.never) {
      if (pattern.test(code)) found.push(`${file}: ${layer.folder} must not contain ${pattern}`);
    }
  }
  return found;
}

function main(): void {
  process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
  let checked = 0;
  const found = layers.flatMap((layer) =>
    sourcesBelow(layer.folder).flatMap((file) => {
      checked += 1;
      return violationsOf(file, readFileSync(file, 'utf8'), layer);
    }),
  );
  for (const line of found) process.stderr.write(`${line}\n`);
  if (checked === 0) process.stderr.write('The layer check found no file: it has checked nothing.\n');
  process.stdout.write(`Layers: ${checked} files, ${found.length} refused imports.\n`);
  if (checked === 0 || found.length > 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
