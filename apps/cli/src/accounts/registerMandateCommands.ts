import { LichenError } from '@lichen/protocol';
import { parseAmount } from '@lichen/sdk';
import type { Command } from 'commander';
import type { Address } from 'viem';
import { type CommonFlags, clientCommand, progressOf } from '../cover/clientCommand.ts';
import { readAddress, readId, readWhole } from '../cover/readOptions.ts';
import { printResult } from '../support/output.ts';
import { stateFolderOf } from '../support/stateFolder.ts';
import { answerAt, answerByAccount, type Place } from './accountCommand.ts';
import { demandAccountFile } from './accountFile.ts';
import { agentCommand, readAgent } from './agentKey.ts';
import { grantCommand } from './grant.ts';
import {
  exportCommand,
  listMandatesCommand,
  pauseCommand,
  revokeAllCommand,
  revokeCommand,
} from './mandates.ts';
import { readDuration } from './readDuration.ts';
import { useCommand } from './use.ts';

/** Adds `lichen mandate …` to the command line. */
export function registerMandateCommands(program: Command): void {
  const mandate = program
    .command('mandate')
    .description('What agents may do for you, within which bounds; the chain enforces it.');
  addGrant(mandate);
  addList(mandate);
  addUse(mandate);
  addTakeBack(mandate);
}

/** The account that is named, else that of the folder. */
function accountFrom(place: Place, named: string | undefined): Address {
  return named === undefined ? demandAccountFile(place.stateFolder).account : readAddress(named);
}

interface GrantFlags extends CommonFlags {
  readonly agent: string;
  readonly label?: string;
  readonly contract: string;
  readonly function: string;
  readonly amount?: string | false;
  readonly pulls?: boolean;
  readonly pin: string[];
  readonly perCall: string;
  readonly perPeriod: string;
  readonly period: string;
  readonly calls: string;
  readonly expires: string;
  readonly budget?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

function addGrant(mandate: Command): void {
  clientCommand(mandate, 'grant', 'Let an agent act for you within bounds. Everything not named is denied.')
    .requiredOption('--agent <address>', 'who may act')
    .requiredOption(
      '--contract <name>',
      'a contract by address, or flightCover, playDollar, coverPool, oracle',
    )
    .requiredOption(
      '--function <signature>',
      "'buy(…)' of a known contract, or a signature with argument names",
    )
    .option('--label <text>', 'your name for the agent', 'An agent')
    .option('--amount <argument>', 'the argument that is the amount (known for buy, transfer, approve)')
    .option('--no-amount', 'the call can move no money')
    .option('--pulls', 'the contract takes the amount by transferFrom (known for buy)')
    .option(
      '--pin <argument=value>',
      'an argument that is fixed; may be repeated',
      (text, all: string[]) => [...all, text],
      [],
    )
    .requiredOption('--per-call <amount>', 'pUSD of one call at most')
    .requiredOption('--per-period <amount>', 'pUSD in any period at most')
    .option('--period <span>', 'length of the period: 90s, 15min, 12h, 7d', '1d')
    .option('--calls <count>', 'calls in any period at most', '10')
    .option('--expires <span>', 'from now', '7d')
    .option('--budget <amount>', 'pUSD in any period for all mandates together')
    .option('--dry-run', 'show what would be granted; send nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      "\nExamples:\n  $ lichen mandate grant --agent 0xAb84… --label 'Travel agent' --contract flightCover --function 'buy(…)' \\\n      --per-call 50 --per-period 200 --period 1d --expires 7d\n  $ lichen mandate grant --agent 0xAb84… --contract playDollar --function transfer --pin to=0x4B20… \\\n      --per-call 5 --per-period 20 --dry-run",
    )
    .action((flags: GrantFlags) => {
      const { amount, budget } = flags;
      const options = {
        agent: readAddress(flags.agent),
        label: readLabel(flags.label ?? ''),
        contract: flags.contract,
        function: flags.function,
        ...(typeof amount === 'string' ? { amount } : {}),
        moveNothing: amount === false,
        pulls: flags.pulls === true,
        pins: flags.pin,
        perCall: parseAmount(flags.perCall),
        perPeriod: parseAmount(flags.perPeriod),
        periodSeconds: readDuration('--period', flags.period),
        calls: readWhole('--calls', flags.calls, 1, 255),
        expiresSeconds: readDuration('--expires', flags.expires),
        ...(budget === undefined ? {} : { budget: parseAmount(budget) }),
        yes: flags.yes === true,
        dryRun: flags.dryRun === true,
        onProgress: progressOf(flags),
      };
      return answerByAccount(flags, (account) => grantCommand(account, options));
    });
}

/** The chain keeps labels of at most 64 bytes; marks that turn text around could make one name look like another. */
function readLabel(text: string): string {
  if (new TextEncoder().encode(text).length <= 64 && !/[\p{Cc}\p{Cf}]/u.test(text)) return text;
  throw new LichenError('bad-input', 'That label cannot be kept.', {
    got: JSON.stringify(text.slice(0, 80)),
    expected: 'at most 64 bytes of plain text',
    retry: 'after-fix',
  });
}

function addList(mandate: Command): void {
  clientCommand(mandate, 'list', 'List who may act for you: what they may, what they did, what is left.')
    .option('--account <address>', 'another account than that of this machine')
    .option('--all', 'also those that are revoked or expired')
    .addHelpText('after', '\nExample:\n  $ lichen mandate list --all --json')
    .action((flags: CommonFlags & { account?: string; all?: boolean }) =>
      answerAt(flags, (place) =>
        listMandatesCommand(place.client, {
          account: accountFrom(place, flags.account),
          all: flags.all === true,
        }),
      ),
    );
  clientCommand(mandate, 'export', 'Show a mandate as JSON in the shape of ERC-7715, for another program.')
    .argument('<mandate>', 'its id, or its first digits')
    .option('--account <address>', 'another account than that of this machine')
    .addHelpText('after', '\nExample:\n  $ lichen mandate export 0x91fe22c0 > mandate.json')
    .action((start: string, flags: CommonFlags & { account?: string }) =>
      answerAt(flags, (place) =>
        exportCommand(place.client, { account: accountFrom(place, flags.account), start }),
      ),
    );
}

interface UseFlags extends CommonFlags {
  readonly account?: string;
  readonly cover?: string;
  readonly payout?: string;
  readonly contract?: string;
  readonly function?: string;
  readonly intent?: string;
  readonly payGas?: boolean;
}

function addUse(mandate: Command): void {
  clientCommand(mandate, 'agent', 'Make the key of an agent on this machine, or show its address.')
    .addHelpText('after', '\nExample:\n  $ lichen mandate agent --state .agent')
    .action((flags: CommonFlags) =>
      printResult(flags.json === true, agentCommand(stateFolderOf(flags.state))),
    );
  clientCommand(mandate, 'use', 'As an agent: act for an account under a mandate. The sponsor pays the gas.')
    .argument('<mandate>', 'its id, or its first digits')
    .argument('[arguments...]', "arguments of --function; the mandate's amount in pUSD")
    .option('--account <address>', 'who granted it (default: the account of this machine)')
    .option('--cover <flight>', 'buy cover for this flight, e.g. UA1545')
    .option('--payout <amount>', 'pUSD to be paid when the flight is late', '100')
    .option('--contract <name>', 'the contract to call')
    .option('--function <signature>', 'the function to call')
    .option('--intent <hash>', 'hash of the decision that this carries out')
    .option('--pay-gas', 'the agent pays the gas itself')
    .addHelpText(
      'after',
      '\nThe key is that in LICHEN_AGENT_KEY, else the one that `lichen mandate agent` made.\n\nExamples:\n  $ lichen mandate use 0x91fe22c0 --account 0x5B38… --cover UA1545 --payout 100\n  $ lichen mandate use 0x91fe22c0 --contract playDollar --function transfer 0x4B20… 2.50',
    )
    .action((start: string, values: string[], flags: UseFlags) =>
      answerAt(flags, (place) => {
        const { cover, contract } = flags;
        return useCommand(place.client, {
          agent: readAgent(place.stateFolder),
          account: accountFrom(place, flags.account),
          start,
          ...(cover === undefined
            ? {}
            : { cover: { flight: cover, payout: parseAmount(flags.payout ?? '100') } }),
          ...(contract === undefined || flags.function === undefined
            ? {}
            : { call: { contract, function: flags.function, values } }),
          ...(flags.intent === undefined ? {} : { intent: readId('decision', flags.intent) }),
          pays: flags.payGas === true,
        });
      }),
    );
}

function addTakeBack(mandate: Command): void {
  clientCommand(mandate, 'revoke', 'Take one mandate back, for good.')
    .argument('<mandate>', 'its id, or its first digits')
    .addHelpText('after', '\nExample:\n  $ lichen mandate revoke 0x91fe22c0')
    .action((start: string, flags: CommonFlags) =>
      answerByAccount(flags, (account) => revokeCommand(account, start)),
    );
  clientCommand(mandate, 'revoke-all', 'Take all mandates back at once.')
    .addHelpText('after', '\nExample:\n  $ lichen mandate revoke-all')
    .action((flags: CommonFlags) => answerByAccount(flags, revokeAllCommand));
  for (const paused of [true, false]) {
    const name = paused ? 'pause' : 'resume';
    clientCommand(
      mandate,
      name,
      paused
        ? 'Pause one mandate, or all when none is named. No agent can lift it.'
        : 'Let one paused mandate go on, or all when none is named.',
    )
      .argument('[mandate]', 'its id, or its first digits')
      .addHelpText('after', `\nExamples:\n  $ lichen mandate ${name}\n  $ lichen mandate ${name} 0x91fe22c0`)
      .action((start: string | undefined, flags: CommonFlags) =>
        answerByAccount(flags, (account) => pauseCommand(account, { start, paused })),
      );
  }
}
