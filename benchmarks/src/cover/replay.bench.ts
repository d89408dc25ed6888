// Every held-out flight of the record, sold, answered and settled through the real contracts on a real chain: a buy with
// signed features per flight, one report an hour over a Merkle tree of the answers, a payout call per policy. At the end no
// policy may be stuck and the books must balance to the base unit. LICHEN_REPLAY_DAYS shortens it.
import { join } from 'node:path';
import { loadRecord } from '@lichen/node';
import { deployCover } from '../support/coverOnDevChain.ts';
import { accountOf, root, startDevChain } from '../support/devChain.ts';
import { deployOracle } from '../support/lichenOnDevChain.ts';
import { printBar } from '../support/printBar.ts';
import { differencesOf } from './replayBooks.ts';
import { takeOverBlocks } from './replayChain.ts';
import { hour, planReplay } from './replayPlan.ts';
import { createReplay } from './replayRun.ts';

const dollar = 1_000_000n;
const capital = 200_000n * dollar;
const holderMoney = 600_000n * dollar;
const days = Number(process.env.LICHEN_REPLAY_DAYS ?? 61);

const startedAt = performance.now();
const plan = planReplay(loadRecord(join(root, 'applications/flight-cover/data')), days);
const chain = await startDevChain();
try {
  const oracle = await deployOracle(chain, 5);
  const cover = await deployCover(chain, oracle, capital);
  const holder = accountOf(3_000);
  await chain.fund(holder.address);
  for (let given = 0n; given < holderMoney; given += 10_000n * dollar) {
    await chain.send('PlayDollar', oracle.token, 'faucet', [10_000n * dollar], holder);
  }
  await chain.send('PlayDollar', oracle.token, 'approve', [cover.cover, 2n ** 256n - 1n], holder);

  const from = Math.floor(plan[0]!.quotedAt / hour) * hour - hour;
  const to = Math.max(...plan.map(({ answeredAt }) => answeredAt));
  // Whole hours lie between recorded time and chain time, so that hours stay what they are.
  const shift = Math.ceil((hour + (await chain.now()) - from) / hour) * hour;
  const blocks = await takeOverBlocks(chain.url);
  const replay = await createReplay({ chain, blocks, oracle, cover, holder: holder.address, shift });
  let sold = 0;
  // One hour more, for the payouts of the last answers.
  for (let time = from; time <= to + hour; time += hour) {
    const first = sold;
    while (sold < plan.length && plan[sold]!.quotedAt === time) sold++;
    await replay.live(time, plan.slice(first, sold));
    if (time % 86_400 === 0) {
      const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
      process.stderr.write(
        `  ${new Date(time * 1000).toISOString().slice(0, 10)}: ${sold} sold, ${minutes} min\n`,
      );
    }
  }

  const { books } = replay;
  const stuck = await replay.stuck();
  const differences = await differencesOf(chain, oracle, cover, books, {
    capital,
    holder: holder.address,
    holderMoney,
  });
  const holds = stuck === 0 && books.refused === 0 && books.sold === plan.length && differences.length === 0;
  printBar({
    name: 'record replayed through the contracts: stuck policies',
    value: stuck,
    unit: 'policies',
    bar: '0 stuck, every flight sold, books equal to the base unit',
    holds,
    flights: plan.length,
    sold: books.sold,
    refused: books.refused,
    paid: books.paid,
    closed: books.closed,
    answers: books.answers,
    reports: books.reports,
    premiums: Number(books.premiums) / 1e6,
    payouts: Number(books.payouts) / 1e6,
    lossRatio: Math.round((Number(books.payouts) / Number(books.premiums)) * 10_000) / 10_000,
    pricesUnlikeTypeScript: books.mispriced,
    differences,
    meanBuyGas: Math.round(books.buyGas / books.sold),
    mostBuyGas: books.mostBuyGas,
    buysAbove260k: books.dearBuys,
    minutes: Math.round((performance.now() - startedAt) / 6_000) / 10,
  });
  if (!holds) process.exitCode = 1;
} finally {
  chain.stop();
}
