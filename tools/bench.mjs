// `npm run bench [NAME]`: runs each *.bench.ts by itself; every line of JSON on stdout is one bar.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAll, environmentFor, root } from './setup.mjs';

const node = ensureAll();
const only = process.argv[2];

function benchesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return benchesBelow(path);
    return entry.name.endsWith('.bench.ts') ? [path] : [];
  });
}

let failed = 0;
for (const bench of benchesBelow('benchmarks/src').sort()) {
  if (only !== undefined && !bench.includes(only)) continue;
  process.stderr.write(`· ${bench}\n`);
  const result = spawnSync(node, ['--disable-warning=ExperimentalWarning', bench], {
    cwd: root,
    env: environmentFor(node),
    stdio: 'inherit',
  });
  if (result.status !== 0) {
    failed += 1;
    process.stderr.write(`✗ ${bench} ended with ${result.status ?? result.signal}\n`);
  }
}
process.exit(failed > 0 ? 1 : 0);
