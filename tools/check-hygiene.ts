// Refuses what must not be in the tree: package hosts in lockfiles, paths of one machine, private keys, large files.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

interface Rule {
  readonly name: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
}

const rules: readonly Rule[] = [
  { name: 'a lockfile that names a host', files: /package-lock\.json$/, pattern: /"resolved": "https?:/ },
  {
    name: 'a path of one machine',
    files: /./,
    pattern: /\/(?:home|Users)\/[a-z]+\/|\/work\/(?:main|shared)\b|\/root\//,
  },
  { name: 'a private key block', files: /./, pattern: /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/ },
];
const largestBytes = 4 * 1024 * 1024;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);
const found: string[] = [];
let checked = 0;
for (const file of files) {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || file === 'tools/check-hygiene.ts') continue;
  checked += 1;
  if (stat.size > largestBytes) found.push(`${file}: ${stat.size} bytes, more than ${largestBytes}`);
  const text = readFileSync(file, 'latin1');
  for (const rule of rules)
    if (rule.files.test(file) && rule.pattern.test(text)) found.push(`${file}: ${rule.name}`);
}
for (const line of found) process.stderr.write(`${line}\n`);
process.stdout.write(`Hygiene: ${checked} files, ${found.length} findings.\n`);
if (checked === 0 || found.length > 0) process.exit(1);
