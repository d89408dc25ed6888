import { faucet, formatAmount, getBalance, parseAmount, parseFlightName } from '@lichen/sdk';
import type { Command } from 'commander';

import { buyCommand } from './buy.ts';
import { answerSending, answerWith, type CommonFlags, clientCommand, progressOf } from './clientCommand.ts';
import { flightsCommand } from './flights.ts';
import { listCommand } from './list.ts';
import { payCommand } from './pay.ts';
import { quoteCommand } from './quote.ts';
import { readAddress, readAirline, readAirport, readWhole } from './readOptions.ts';

interface FlightsFlags extends CommonFlags {
  readonly origin?: string;
  readonly to?: string;
  readonly airline?: string;
  readonly within: string;
  readonly limit: string;
}

/** Adds `lichen cover …` to the command line. */
export function registerCoverCommands(program: Command): void {
  const cover = program
    .command('cover')
    .description('Flight delay cover: find a flight, price it, buy, be paid.');
  addFlights(cover);
  addQuoteAndBuy(cover);
  addPolicies(cover);
  addFaucet(cover);
}

function addFlights(cover: Command): void {
  clientCommand(cover, 'flights', 'List the flights that leave next.')
    .option('--origin <code>', 'airport of departure, e.g. EWR')
    .option('--to <code>', 'airport of arrival, e.g. IAH')
    .option('--airline <code>', 'airline, e.g. UA')
    .option('--within <minutes>', 'leaves within so many minutes from now', '6')
    .option('--limit <count>', 'show at most so many', '25')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen cover flights\n  $ lichen cover flights --origin EWR --airline UA --within 10',
    )
    .action(async (flags: FlightsFlags) => {
      const options = {
        withinMinutes: readWhole('--within', flags.within, 1, 10_000),
        limit: readWhole('--limit', flags.limit, 1, 1_000),
        ...(flags.origin === undefined ? {} : { origin: readAirport(flags.origin) }),
        ...(flags.to === undefined ? {} : { destination: readAirport(flags.to) }),
        ...(flags.airline === undefined ? {} : { carrier: readAirline(flags.airline) }),
      };
      await answerWith(flags, (client) => flightsCommand(client, options));
    });
}

function addQuoteAndBuy(cover: Command): void {
  clientCommand(cover, 'quote', 'Price cover for a flight and show what makes the price.')
    .argument('<flight>', 'airline and number, e.g. UA1545, or the start of a flight id')
    .option('--payout <amount>', 'pUSD to be paid when the flight is late', '200')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen cover quote UA1545\n  $ lichen cover quote 0x3fa94c12 --payout 350 --json',
    )
    .action(async (name: string, flags: CommonFlags & { payout: string }) => {
      const payout = parseAmount(flags.payout);
      parseFlightName(name);
      await answerWith(flags, (client) => quoteCommand(client, { name, payout }));
    });
  clientCommand(cover, 'buy', 'Buy cover for a flight at a fresh price.')
    .argument('<flight>', 'airline and number, e.g. UA1545, or the start of a flight id')
    .requiredOption('--payout <amount>', 'pUSD to be paid when the flight is late')
    .option('--max-premium <amount>', 'refuse a price above so many pUSD')
    .option('--play-money', 'take missing pUSD, which have no value, from the faucet first')
    .option('--follow', 'watch the flight until the policy has ended')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lichen cover buy UA1545 --payout 200\n  $ lichen cover buy UA1545 --payout 200 --max-premium 25 --follow',
    )
    .action(
      async (
        name: string,
        flags: CommonFlags & { payout: string; maxPremium?: string; playMoney?: boolean; follow?: boolean },
      ) => {
        const options = {
          name,
          payout: parseAmount(flags.payout),
          ...(flags.maxPremium === undefined ? {} : { maxPremium: parseAmount(flags.maxPremium) }),
          takePlayMoney: flags.playMoney === true,
          follow: flags.follow === true,
          onProgress: progressOf(flags),
        };
        await answerSending(flags, (client) => buyCommand(client, options));
      },
    );
}

function addPolicies(cover: Command): void {
  clientCommand(cover, 'list', 'List policies, newest first.')
    .option('--account <address>', 'policies of another account')
    .option('--everybody', 'policies of every account')
    .addHelpText('after', '\nExamples:\n  $ lichen cover list\n  $ lichen cover list --everybody --json')
    .action(async (flags: CommonFlags & { account?: string; everybody?: boolean }) => {
      const options = {
        everybody: flags.everybody === true,
        ...(flags.account === undefined ? {} : { holder: readAddress(flags.account) }),
      };
      const isOwn = !options.everybody && options.holder === undefined;
      await (isOwn ? answerSending : answerWith)(flags, (client) => listCommand(client, options));
    });
  clientCommand(
    cover,
    'pay',
    'End a policy whose flight is settled. The money goes to its holder, whoever calls.',
  )
    .argument('<policy>', 'policy id, or its first six digits or more')
    .addHelpText('after', '\nExample:\n  $ lichen cover pay 0x8c12ab')
    .action(async (policy: string, flags: CommonFlags) => {
      await answerSending(flags, (client) => payCommand(client, { policy }));
    });
}

function addFaucet(cover: Command): void {
  clientCommand(cover, 'faucet', 'Take play dollars (pUSD), which have no value.')
    .option('--amount <amount>', 'pUSD, at most 10000', '1000')
    .addHelpText('after', '\nExample:\n  $ lichen cover faucet --amount 500')
    .action(async (flags: CommonFlags & { amount: string }) => {
      const amount = parseAmount(flags.amount);
      await answerSending(flags, async (client) => {
        const { hash, gasUsed } = await faucet(client, { amount });
        const balance = await getBalance(client);
        return {
          json: { amount, balance, hash, gasUsed },
          text: `Took ${formatAmount(amount)} pUSD; the account now holds ${formatAmount(balance)} pUSD (no value).`,
        };
      });
    });
}
