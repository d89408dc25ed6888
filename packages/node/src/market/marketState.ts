import { existsSync, readFileSync } from 'node:fs';
import { writeFileDurably } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { z } from 'zod';

const schema = z.strictObject({
  v: z.literal(1),
  /** Position in the record at which each run begins. */
  first: z.number().int().min(0),
  index: z.number().int().min(0),
  phase: z.enum(['open', 'close']),
  /** False while the pool is being moved to the moment's price: until then the moment before is what is known. */
  isReached: z.boolean(),
});

/** Where a market's clock stands. */
export type MarketState = Readonly<z.infer<typeof schema>>;

/** Reads the state that an earlier run left; undefined when there is none. @throws LichenError `state-damaged` */
export function readMarketState(path: string): MarketState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new LichenError('state-damaged', `The market's clock in ${path} cannot be read.`, {
      expected: 'the file that an earlier run wrote',
      next: 'Restore it from a backup, or start afresh with: lichen reset',
      retry: 'after-fix',
      cause,
    });
  }
}

/** Keeps the state; it is on the disk when this returns. @throws LichenError `disk-full` */
export function writeMarketState(path: string, state: MarketState): void {
  writeFileDurably(path, `${JSON.stringify(state)}\n`);
}
