import type { LichenClient } from '@lichen/sdk';
import type { Command } from 'commander';
import { createProgress } from '../support/createProgress.ts';
import { printError, printResult } from '../support/output.ts';
import { type ClientFlags, openClient, openSendingClient } from './openClient.ts';

/** A command's result both for programs and for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
}

/** Flags that every command on a network has. */
export interface CommonFlags extends ClientFlags {
  readonly json?: boolean;
}

/** Adds a command with the flags that name the network and the form of the answer. */
export function clientCommand(parent: Command, name: string, summary: string): Command {
  return parent
    .command(name)
    .description(summary)
    .option('--gateway <url>', 'address of a gateway (default: that of the running network)')
    .option('--state <folder>', "folder of the network's state (default: .lichen)")
    .option('--json', 'one line of JSON for programs');
}

/** Opens a client, does the work and prints its answer in the form that was asked for. */
export async function answerWith(
  flags: CommonFlags,
  work: (client: LichenClient) => Promise<Answer>,
): Promise<void> {
  printResult(flags.json === true, await work(await openClient(flags)));
}

/** The same for work that sends: it begins only where somebody can sign. */
export async function answerSending(
  flags: CommonFlags,
  work: (client: LichenClient) => Promise<Answer>,
): Promise<void> {
  printResult(flags.json === true, await work(await openSendingClient(flags)));
}

/** What a check came to. */
export interface CheckAnswer extends Answer {
  /** 0 all is well, 1 something is wrong, 2 it could not be told. */
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Does a check, with progress on standard error, prints its answer and ends with its exit code; with 2 where it could not be
 * made: neither well nor wrong. `open` opens the network, for checks that need one.
 */
export async function answerCheck(
  flags: CommonFlags,
  work: (open: () => Promise<LichenClient>, onProgress: (line: string) => void) => Promise<CheckAnswer>,
): Promise<void> {
  const progress = createProgress();
  try {
    const answer = await work(() => openClient(flags), progress.show);
    progress.end();
    printResult(flags.json === true, answer);
    process.exitCode = answer.exitCode;
  } catch (error) {
    progress.end();
    printError(flags.json === true, error);
    process.exitCode = 2;
  }
}

/** Prints a line of progress for people; with --json the one document comes at the end. */
export function progressOf(flags: CommonFlags): (line: string) => void {
  return (line) => {
    if (flags.json !== true) printResult(false, { json: null, text: line });
  };
}
