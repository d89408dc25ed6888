import { openAppendLog } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { type Hex, hexToBytes, toHex } from 'viem';

/** Remembers on disk which report a reporter has signed for which round, so that it never signs two. */
export interface SignedRounds {
  /**
   * Writes the pair and waits for the disk; returns at once when the same pair is already there.
   * @throws LichenError `bad-input` when another report was signed for this round, or a later round already was
   */
  claim(round: number, digest: Hex): void;
  readonly last: number;
  close(): void;
}

/** Opens the log of signed rounds. @throws LichenError `state-damaged` or `disk-full` */
export function openSignedRounds(path: string): SignedRounds {
  const log = openAppendLog(path);
  let last = -1;
  let digestOfLast: Hex | undefined;
  for (const record of log.records()) {
    const round = Number(record.readBigUInt64BE(0));
    if (round < last) continue;
    last = round;
    digestOfLast = toHex(record.subarray(8, 40));
  }
  return {
    get last() {
      return last;
    },
    claim: (round, digest) => {
      if (round === last && digest === digestOfLast) return;
      if (round <= last) {
        throw new LichenError(
          'bad-input',
          'This reporter has already signed for that round or a later one.',
          {
            got: `round ${round} with ${digest}`,
            expected: `a round after ${last}`,
            next: 'Nothing to do: the next round takes the question up again.',
            retry: 'never',
          },
        );
      }
      const record = Buffer.alloc(40);
      record.writeBigUInt64BE(BigInt(round), 0);
      record.set(hexToBytes(digest), 8);
      log.append(record);
      last = round;
      digestOfLast = digest;
    },
    close: () => log.close(),
  };
}
