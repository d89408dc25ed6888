import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVaultKey, vaultBoxOf, wrapVaultKey } from '@lichen/sdk';
import { type Address, getAddress, type Hex, numberToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccountFile, addAccountFile, demandAccountFile, randomSecret } from './accountFile.ts';
import { prfOutputOf } from './prf.ts';
import { vaultKeyOf } from './show.ts';
import { codeCommand, joinCommand, openCommand, splitCommand } from './vault.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lichen-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const accountAt = (number: number): Address => getAddress(numberToHex(number, { size: 20 }));

/** A person's folder with an account file, with or without a vault key on it. */
async function folderOf(name: string, account: Address, hasVault = true) {
  const stateFolder = join(root, name);
  const secrets = { privateKey: randomSecret(), userHandle: randomSecret(), prfSecret: randomSecret() };
  const vaultKey = createVaultKey();
  const prfOutput = prfOutputOf(secrets.prfSecret);
  const file: AccountFile = {
    version: 1,
    kind: 'software passkey',
    ...secrets,
    account,
    chainId: 1,
    origin: 'created',
    index: 0,
    vault: hasVault ? await wrapVaultKey({ vaultKey, account, device: secrets.userHandle, prfOutput }) : null,
  };
  addAccountFile(stateFolder, file);
  return { stateFolder, account, vaultKey, box: await vaultBoxOf(vaultKey) };
}

describe('a vault key from the command line', () => {
  test('goes to two guardians as files, and comes back to a new device', async () => {
    const owner = await folderOf('owner', accountAt(1));
    const guardians = [await folderOf('anna', accountAt(2)), await folderOf('ben', accountAt(3))];
    const out = join(root, 'shares');
    const split = await splitCommand(owner.stateFolder, {
      guardians: guardians.map(({ account, box }) => `${account}:${box}`),
      threshold: 2,
      out,
    });
    const { files } = split.json as { files: string[] };
    for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
    // Another guardian's file does not open.
    await expect(openCommand(guardians[0]!.stateFolder, files[1]!)).rejects.toMatchObject({
      code: 'bad-input',
    });
    const opened: string[] = [];
    for (const [index, guardian] of guardians.entries()) {
      const path = join(root, `opened-${index}.json`);
      writeFileSync(path, JSON.stringify((await openCommand(guardian.stateFolder, files[index]!)).json));
      opened.push(path);
    }
    const fresh = await folderOf('fresh', accountAt(1), false);
    await expect(joinCommand(fresh.stateFolder, opened.slice(1))).rejects.toMatchObject({
      code: 'bad-input',
    });
    expect(await joinCommand(fresh.stateFolder, opened)).toMatchObject({ json: { vaultBox: owner.box } });
    expect(await vaultKeyOf(demandAccountFile(fresh.stateFolder))).toEqual(owner.vaultKey);
    // A stranger with the opened shares cannot put them under another account.
    const stranger = await folderOf('stranger', accountAt(9), false);
    await expect(joinCommand(stranger.stateFolder, opened)).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('is written down as a code, whose file alone says nothing and replaces no other', async () => {
    const owner = await folderOf('careful', accountAt(4));
    const out = join(root, 'code.json');
    const { json, text } = await codeCommand(owner.stateFolder, out);
    const { code } = json as { code: string };
    expect(text).toContain(code);
    expect(readFileSync(out, 'utf8')).not.toContain(code.slice(0, 5));
    await expect(codeCommand(owner.stateFolder, out)).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('that is not on this device cannot be split or written down from it', async () => {
    const fresh = await folderOf('empty', accountAt(5), false);
    const guardians = [`${accountAt(6)}:0x04${'11'.repeat(64)}` as Hex];
    for (const refused of [
      codeCommand(fresh.stateFolder, join(root, 'none.json')),
      splitCommand(fresh.stateFolder, { guardians, threshold: 2, out: join(root, 'none') }),
      openCommand(fresh.stateFolder, join(root, 'none.json')),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
});
