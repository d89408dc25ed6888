import { parseAmount } from '@lichen/sdk';
import type { Command } from 'commander';
import { type Answer, type CommonFlags, clientCommand } from '../cover/clientCommand.ts';
import { readAddress, readWhole } from '../cover/readOptions.ts';
import { printResult } from '../support/output.ts';
import { stateFolderOf } from '../support/stateFolder.ts';
import { answerAt, answerByAccount } from './accountCommand.ts';
import { demandAccountFile } from './accountFile.ts';
import { createCommand } from './create.ts';
import { addDeviceCommand, devicesCommand, removeDeviceCommand } from './devices.ts';
import { guardiansCommand, recoveryScope, setGuardiansCommand } from './guardians.ts';
import { readDuration } from './readDuration.ts';
import { cancelCommand, executeCommand, proposeCommand, supportCommand } from './recover.ts';
import { requestCommand } from './request.ts';
import { showCommand } from './show.ts';
import { codeCommand, joinCommand, openCommand, splitCommand } from './vault.ts';

/** Adds `lichen account …` to the command line. */
export function registerAccountCommands(program: Command): void {
  const account = program
    .command('account')
    .description(
      'Your account: a passkey instead of a seed phrase, no gas to pay, guardians who bring it back.',
    );
  addOwn(account);
  addDevices(account);
  addGuardians(account);
  addRecovery(account);
  addVault(account);
}

function addOwn(account: Command): void {
  clientCommand(
    account,
    'create',
    'Make an account with a software passkey on this machine. The sponsor pays.',
  )
    .option('--play-money <amount>', 'pUSD to begin with, which have no value; at most 10000', '1000')
    .addHelpText(
      'after',
      '\nThe key is in account.json of the state folder, readable by you alone. A passkey of a phone or of a security key\nis safer: make the account in the console for that.\n\nExample:\n  $ lichen account create',
    )
    .action((flags: CommonFlags & { playMoney: string }) => {
      const playMoney = parseAmount(flags.playMoney);
      return answerAt(flags, (place) => createCommand(place, { playMoney }));
    });
  clientCommand(account, 'show', 'Show the account of this machine: what it holds, who signs, its budget.')
    .addHelpText('after', '\nExample:\n  $ lichen account show --json')
    .action((flags: CommonFlags) => answerByAccount(flags, showCommand));
  clientCommand(account, 'request', 'Make a passkey here for an account that exists, and show what adds it.')
    .option('--account <address>', 'the account that this device shall be in')
    .addHelpText(
      'after',
      '\nFor a second device, or to come back after all devices were lost.\n\nExample:\n  $ lichen account request --account 0x5B38… --state .second',
    )
    .action((flags: CommonFlags & { account?: string }) => {
      const wanted = flags.account === undefined ? undefined : readAddress(flags.account);
      return answerAt(flags, (place) => requestCommand(place, wanted));
    });
}

function addDevices(account: Command): void {
  const devices = account.command('devices').description('The devices that sign for the account.');
  clientCommand(devices, 'list', 'List the devices of the account.')
    .addHelpText('after', '\nExample:\n  $ lichen account devices list')
    .action((flags: CommonFlags) => answerByAccount(flags, devicesCommand));
  clientCommand(devices, 'add', 'Add the device whose request it is.')
    .argument('<request>', 'what `lichen account request` showed on the new device')
    .addHelpText('after', '\nExample:\n  $ lichen account devices add lichen-device:0x5B38…')
    .action((request: string, flags: CommonFlags) =>
      answerByAccount(flags, (own) => addDeviceCommand(own, request)),
    );
  clientCommand(devices, 'remove', 'Remove a device, for example a lost one.')
    .argument('<index>', 'its number in `lichen account devices list`')
    .addHelpText('after', '\nExample:\n  $ lichen account devices remove 0')
    .action((index: string, flags: CommonFlags) => {
      const wanted = readWhole('The device', index, 0, 63);
      return answerByAccount(flags, (own) => removeDeviceCommand(own, wanted));
    });
}

function addGuardians(account: Command): void {
  const guardians = account.command('guardians').description('People who can bring the account back.');
  clientCommand(guardians, 'show', 'Show who guards an account, and every recovery under way.')
    .option('--account <address>', 'another account than that of this machine')
    .addHelpText('after', '\nExample:\n  $ lichen account guardians show --account 0x5B38…')
    .action((flags: CommonFlags & { account?: string }) => {
      const wanted = flags.account === undefined ? undefined : readAddress(flags.account);
      return answerAt(flags, (place) =>
        guardiansCommand(place, wanted ?? demandAccountFile(place.stateFolder).account),
      );
    });
  clientCommand(guardians, 'set', 'Set the guardians, in place of those before.')
    .argument('<guardian...>', 'their accounts')
    .requiredOption('--threshold <count>', 'so many of them must agree')
    .option('--delay <span>', 'between their agreement and the recovery; you can refuse in it', '2d')
    .addHelpText(
      'after',
      `\n${recoveryScope}\n\nExample:\n  $ lichen account guardians set 0xAb84… 0x4B20… 0x7873… --threshold 2 --delay 2d`,
    )
    .action((named: string[], flags: CommonFlags & { threshold: string; delay: string }) => {
      const options = {
        guardians: named.map(readAddress),
        threshold: readWhole('--threshold', flags.threshold, 1, 16),
        delaySeconds: readDuration('--delay', flags.delay),
      };
      return answerByAccount(flags, (own) => setGuardiansCommand(own, options));
    });
}

function addRecovery(account: Command): void {
  const recover = account
    .command('recover')
    .description('Bring a lost account back with its guardians; refuse it when it is not lost.');
  clientCommand(recover, 'propose', 'As a guardian: propose the passkey of a person who lost theirs.')
    .argument('<request>', 'what `lichen account request` showed them')
    .addHelpText(
      'after',
      '\nMake sure by voice or face that the request is from them, and compare the check digits.\n\nExample:\n  $ lichen account recover propose lichen-device:0x5B38…',
    )
    .action((request: string, flags: CommonFlags) =>
      answerByAccount(flags, (guardian) => proposeCommand(guardian, request)),
    );
  clientCommand(recover, 'support', 'As a guardian: agree to a recovery that another guardian proposed.')
    .argument('<account>', 'the account to bring back')
    .argument('<recovery>', 'its id, or the first digits of it')
    .addHelpText('after', '\nExample:\n  $ lichen account recover support 0x5B38… 0x91fe22c0')
    .action((lost: string, start: string, flags: CommonFlags) => {
      const options = { account: readAddress(lost), start };
      return answerByAccount(flags, (guardian) => supportCommand(guardian, options));
    });
  clientCommand(recover, 'cancel', 'As the account: refuse every recovery under way.')
    .addHelpText('after', '\nExample:\n  $ lichen account recover cancel')
    .action((flags: CommonFlags) => answerByAccount(flags, cancelCommand));
  clientCommand(recover, 'execute', 'Carry a recovery out whose delay is over. Anybody may.')
    .argument('<request>', 'the request that was proposed')
    .addHelpText('after', '\nExample:\n  $ lichen account recover execute lichen-device:0x5B38…')
    .action((request: string, flags: CommonFlags) =>
      answerByAccount(flags, (anybody) => executeCommand(anybody, request)),
    );
}

function addVault(account: Command): void {
  const vault = account
    .command('vault')
    .description('The key of your vault: a spare on paper, shares for guardians, and the way back.');
  const own = (name: string, summary: string) =>
    vault
      .command(name)
      .description(summary)
      .option('--state <folder>', 'folder with the account (default: .lichen)')
      .option('--json', 'one line of JSON for programs');
  const answer = async (flags: CommonFlags, work: (stateFolder: string) => Promise<Answer>) =>
    printResult(flags.json === true, await work(stateFolderOf(flags.state)));
  own('code', 'Make a recovery code, and the file that it opens.')
    .requiredOption('--out <file>', 'where the file goes')
    .addHelpText('after', '\nExample:\n  $ lichen account vault code --out vault-code.json')
    .action((flags: CommonFlags & { out: string }) =>
      answer(flags, (stateFolder) => codeCommand(stateFolder, flags.out)),
    );
  own('split', 'Cut the key into shares, one sealed for each guardian.')
    .argument('<guardian...>', 'ACCOUNT:BOX, as their `lichen account show` has it')
    .requiredOption('--threshold <count>', 'so many shares open the vault; two or more')
    .requiredOption('--out <folder>', 'where the files go')
    .addHelpText(
      'after',
      '\nExample:\n  $ lichen account vault split 0xAb84…:0x04e5… 0x4B20…:0x0411… --threshold 2 --out shares',
    )
    .action((guardians: string[], flags: CommonFlags & { threshold: string; out: string }) => {
      const threshold = readWhole('--threshold', flags.threshold, 2, 16);
      return answer(flags, (stateFolder) =>
        splitCommand(stateFolder, { guardians, threshold, out: flags.out }),
      );
    });
  own('open', 'As a guardian: open the share that somebody left you, to hand it back to them.')
    .argument('<file>', 'the sealed share')
    .addHelpText(
      'after',
      '\nExample:\n  $ lichen account vault open vault-share-0xAb84….json --json > share.json',
    )
    .action((file: string, flags: CommonFlags) =>
      answer(flags, (stateFolder) => openCommand(stateFolder, file)),
    );
  own('join', 'Bring the key to this device: from opened shares, or from the file of a recovery code.')
    .argument('<file...>', 'opened shares, or the one file that `vault code` wrote; the code is asked for')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen account vault join anna.json ben.json\n  $ lichen account vault join vault-code.json',
    )
    .action((files: string[], flags: CommonFlags) =>
      answer(flags, (stateFolder) => joinCommand(stateFolder, files)),
    );
}
