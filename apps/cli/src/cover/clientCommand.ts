import type { LichenClient } from '@lichen/sdk';
import type { Command } from 'commander';
import { printResult } from '../support/output.ts';
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

/** Prints a line of progress for people; with --json the one document comes at the end. */
export function progressOf(flags: CommonFlags): (line: string) => void {
  return (line) => {
    if (flags.json !== true) printResult(false, { json: null, text: line });
  };
}
