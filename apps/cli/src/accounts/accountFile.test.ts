import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import {
  type AccountFile,
  addAccountFile,
  demandAccountFile,
  demandNoAccountFile,
  keyFileOf,
  randomSecret,
  readAccountFile,
  updateAccountFile,
} from './accountFile.ts';
import { agentCommand, readAgent } from './agentKey.ts';
import { fingerprintOf, readRequest, requestOf, requestText } from './deviceRequest.ts';
import { durationText, readDuration } from './readDuration.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(change: Partial<AccountFile> = {}): AccountFile {
  return {
    version: 1,
    kind: 'software passkey',
    privateKey: randomSecret(),
    userHandle: randomSecret(),
    prfSecret: randomSecret(),
    account: '0xAb8483F64d9C6d1EcF9b849Ae677dD3315835cb2',
    chainId: 31_337,
    origin: 'created',
    index: 0,
    vault: null,
    ...change,
  };
}

describe('the file with a software passkey', () => {
  test('comes back as it was, and only its owner can read it', () => {
    const state = join(folder, 'new', 'folder');
    expect(readAccountFile(state)).toBe(undefined);
    const mine = file();
    addAccountFile(state, mine);
    expect(readAccountFile(state)).toEqual(mine);
    expect(statSync(keyFileOf(state, 'account')).mode & 0o777).toBe(0o600);
    expect(statSync(state).mode & 0o077).toBe(0);
    expect(readdirSync(state)).toEqual(['account.json']);
  });

  test('that others can read, or that is damaged, is not used', () => {
    const path = keyFileOf(folder, 'account');
    addAccountFile(folder, file());
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(path, mode);
      expect(() => readAccountFile(folder)).toThrow('other people of this machine can read it');
    }
    chmodSync(path, 0o600);
    for (const text of ['', '{', '[]', '{}', JSON.stringify({ ...file(), privateKey: '0x12' })]) {
      writeFileSync(path, text);
      expect(() => readAccountFile(folder)).toThrow(expect.objectContaining({ code: 'state-damaged' }));
    }
  });

  test('is never replaced by another, and its lack is told with what to do', () => {
    expect(() => demandAccountFile(folder)).toThrow('lichen account create');
    demandNoAccountFile(folder);
    addAccountFile(folder, file());
    expect(() => demandNoAccountFile(folder)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    // Also when both looked before either wrote.
    const kept = readFileSync(keyFileOf(folder, 'account'), 'utf8');
    expect(() => addAccountFile(folder, file())).toThrow('There is a key already.');
    expect(readFileSync(keyFileOf(folder, 'account'), 'utf8')).toBe(kept);
    updateAccountFile(folder, file({ index: 3 }));
    expect(readAccountFile(folder)).toMatchObject({ index: 3 });
    expect(readdirSync(folder)).toEqual(['account.json']);
  });

  test("an agent's key is made once", () => {
    const first = agentCommand(folder);
    expect(first.json).toMatchObject({ isNew: true });
    expect(agentCommand(folder).json).toMatchObject({
      isNew: false,
      agent: (first.json as { agent: string }).agent,
    });
    expect(readAgent(folder).address).toBe((first.json as { agent: string }).agent);
    expect(first.text).not.toContain(JSON.parse(readFileSync(keyFileOf(folder, 'agent'), 'utf8')).privateKey);
  });
});

describe('the request of a device', () => {
  test('comes back as it was, and holds no secret', () => {
    const mine = file({ origin: 'requested', index: null });
    const word = requestText(requestOf(mine));
    expect(readRequest(`  ${word}\n`)).toEqual(requestOf(mine));
    for (const secret of [mine.privateKey, mine.userHandle, mine.prfSecret]) {
      expect(word).not.toContain(secret.slice(2));
    }
    expect(fingerprintOf(requestOf(mine))).toMatch(/^([0-9a-f]{5} ){3}[0-9a-f]{5}$/);
  });

  test.prop([fc.nat(400), fc.string()])(
    'that is cut short or altered into nonsense is refused',
    (at, junk) => {
      const word = requestText(requestOf(file()));
      const cut = word.slice(0, at % word.length);
      for (const bad of [cut, junk, `${word}:0x00`, word.replace('lichen-device', 'lichen-devise')]) {
        expect(() => readRequest(bad)).toThrow(expect.objectContaining({ code: 'bad-input' }));
      }
    },
  );
});

describe('spans', () => {
  test('are read with their unit, and written back', () => {
    for (const [text, seconds, written] of [
      ['90s', 90, '90 s'],
      ['15min', 900, '15 min'],
      ['15m', 900, '15 min'],
      ['12h', 43_200, '12 h'],
      ['7d', 604_800, '7 d'],
      ['2w', 1_209_600, '14 d'],
    ] as const) {
      expect(readDuration('--period', text)).toBe(seconds);
      expect(durationText(seconds)).toBe(written);
    }
    for (const bad of ['', '7', 'd', '-1d', '1.5h', '0s', '7 days', '522w', '9999999999s']) {
      expect(() => readDuration('--period', bad), bad).toThrow('--period is not usable.');
    }
  });
});
