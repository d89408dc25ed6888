import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AppendLog, type AppendLogOptions, openAppendLog } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { type Address, bytesToHex, concatBytes, hexToBytes, toBytes } from 'viem';
import { RpcRefusal, rpcCodes } from './rpcRefusal.ts';

export interface QuotaLimits {
  /** Operations of one account in a day (UTC). */
  readonly perAccount: number;
  /** Operations of all accounts in a day (UTC). */
  readonly perDay: number;
}

export interface SponsorQuota {
  /** @throws RpcRefusal `sponsor-exhausted`, saying when it refills. */
  check(account: Address, nonce: bigint): void;
  /**
   * Counts an operation, on the disk before it returns. An account's nonce is used once on the chain, so the same
   * operation signed again, or mended and signed again, is counted once.
   * @throws RpcRefusal `sponsor-exhausted`
   * @throws LichenError `disk-full`; nothing is counted then, and nothing may be signed.
   */
  take(account: Address, nonce: bigint): void;
  close(): void;
}

const daySeconds = 86_400;
/** Days for which the files stay, for an operator who wants to see who was paid for. */
const keptDays = 7;

interface Day {
  readonly number: number;
  readonly log: AppendLog;
  /** Nonces counted, by account in small letters. */
  readonly counted: Map<string, Set<bigint>>;
  total: number;
}

/**
 * Counts what the sponsor signed, one file a day (`day-<days since 1970>.log`), each record an account (20 bytes) and a
 * nonce (32 bytes). `clock` gives unix seconds.
 *
 * @throws LichenError `state-damaged` when the file of the day cannot be read: quotas are not refilled by damage.
 */
export function openSponsorQuota(
  folder: string,
  limits: QuotaLimits,
  clock: () => number,
  options: AppendLogOptions = {},
): SponsorQuota {
  mkdirSync(folder, { recursive: true });
  let day = openDay(Math.floor(clock() / daySeconds));

  function openDay(number: number): Day {
    const log = openAppendLog(join(folder, `day-${number}.log`), options);
    const opened: Day = { number, log, counted: new Map(), total: 0 };
    for (const record of log.records()) {
      const account = bytesToHex(record.subarray(0, 20));
      add(opened, account, BigInt(bytesToHex(record.subarray(20))));
    }
    for (const name of readdirSync(folder)) {
      const old = /^day-(\d+)\.log$/.exec(name)?.[1];
      if (old !== undefined && Number(old) < number - keptDays) rmSync(join(folder, name), { force: true });
    }
    return opened;
  }

  function today(): Day {
    const number = Math.floor(clock() / daySeconds);
    // A clock that was set back must not open yesterday's quota again.
    if (number > day.number) {
      const next = openDay(number);
      day.log.close();
      day = next;
    }
    return day;
  }

  function check(account: Address, nonce: bigint): void {
    const { number, counted, total } = today();
    const own = counted.get(account.toLowerCase());
    if (own?.has(nonce)) return;
    const refillsAt = (number + 1) * daySeconds;
    const isOwn = (own?.size ?? 0) >= limits.perAccount;
    if (!isOwn && total < limits.perDay) return;
    const refill = `${new Date(refillsAt * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    throw new RpcRefusal(
      rpcCodes.paymasterThrottled,
      new LichenError(
        'sponsor-exhausted',
        isOwn
          ? 'The sponsor has paid for as many operations of this account as it does in a day.'
          : 'The sponsor has paid for as many operations as it does in a day.',
        {
          got: isOwn ? `${limits.perAccount} operations of this account.` : `${limits.perDay} operations.`,
          next: `Pay for the gas from the account itself, or wait until ${refill}.`,
          retry: 'later',
        },
      ),
      { quota: isOwn ? 'account' : 'day', refillsAt },
    );
  }

  return {
    check,
    take(account, nonce) {
      check(account, nonce);
      const key = account.toLowerCase();
      if (day.counted.get(key)?.has(nonce)) return;
      day.log.append(concatBytes([hexToBytes(account), toBytes(nonce, { size: 32 })]));
      add(day, key, nonce);
    },
    close: () => day.log.close(),
  };
}

function add(day: Day, account: string, nonce: bigint): void {
  const own = day.counted.get(account) ?? new Set();
  if (own.has(nonce)) return;
  own.add(nonce);
  day.counted.set(account, own);
  day.total += 1;
}
