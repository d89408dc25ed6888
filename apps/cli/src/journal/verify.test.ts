import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLichenError } from '@lichen/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyCommand } from './verify.ts';

/** Made by the Go project's own code: tools/journal-crosscheck. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../../packages/protocol/vectors/journal.json', import.meta.url), 'utf8'),
) as { receipts: string[]; entries: string[]; logVkey: string; witnessVkeys: string[] };

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-verify-'));
  const [ed, ml] = vectors.witnessVkeys;
  writeFileSync(
    at('policy'),
    `log ${vectors.logVkey}\nwitness ed ${ed}\nwitness ml ${ml}\ngroup both all ed ml\nquorum both\n`,
  );
  writeFileSync(at('receipt'), vectors.receipts[1]!);
  writeFileSync(at('entry'), Buffer.from(vectors.entries[131]!, 'base64'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a receipt made by others: everything holds but that it is no decision', () => {
  const result = verifyCommand({ file: at('receipt'), policy: at('policy'), entry: at('entry') });
  expect(result.isValid).toBe(false);
  expect(result.text).toMatchInlineSnapshot(`
    "NOT VALID: do not rely on this receipt.
      ✓ receipt    entry 131, 9 hashes
      ✓ signature  go.example/log signed 300 entries
      ✓ witnesses  ed, ml saw this head
      ✓ inclusion  it is entry 131 of 300
      ✗ decision   That entry of the journal is no decision.; got:      Unexpected token 'e', "entry 131" is not valid JSON; expected: version 1 of docs/spec/decision.md
      – anchor     no chain was asked"
  `);
});

test('files that are not there say what to do', () => {
  for (const options of [
    { file: at('nothing'), policy: at('policy') },
    { file: at('receipt'), policy: at('nothing') },
  ]) {
    try {
      verifyCommand(options);
      expect.unreachable();
    } catch (error) {
      expect(isLichenError(error) && [error.code, error.next !== undefined]).toEqual(['not-found', true]);
    }
  }
});
