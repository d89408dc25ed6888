import { guardianRecoveryAbi } from '@lichen/contracts';
import type { Listing, Passkey } from '@lichen/protocol';
import { type Address, type Hex, zeroHash } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf } from './accountClient.ts';
import type { GuardianSettings } from './setGuardians.ts';

/**
 * `gathering`: guardians are agreeing. `waiting`: enough agreed, the delay runs and the account can refuse. `ready`: it
 * can be carried out.
 */
export type RecoveryState = 'gathering' | 'waiting' | 'ready';

export interface RecoveryUnderWay {
  readonly id: Hex;
  readonly state: RecoveryState;
  /** The passkey that would replace all others. */
  readonly passkey: Passkey;
  readonly listing: Listing;
  readonly proposedBy: Address;
  /** All who agree, the one who proposed it first. */
  readonly supporters: readonly Address[];
  /** Chain time from which it can be carried out, unix seconds; null until enough guardians agree. */
  readonly readyAt: number | null;
  /** Chain time at which it lapses, unix seconds. */
  readonly lapsesAt: number;
}

export interface AccountRecovery extends GuardianSettings {
  /** Shortest delay that an account may choose, seconds. */
  readonly minDelaySeconds: number;
  /** All that are alive, the one nearest to being carried out first: several guardians may propose different passkeys. */
  readonly underWay: readonly RecoveryUnderWay[];
}

/** What a recovery's time means at a chain time, both unix seconds. */
export function recoveryStateAt(readyAt: number | null, now: number): RecoveryState {
  if (readyAt === null) return 'gathering';
  return now < readyAt ? 'waiting' : 'ready';
}

/**
 * Guardians of an account, and the recoveries under way. Anybody can see them: look, to notice one that you did not ask
 * for.
 * @throws LichenError `not-found` when the network has no accounts, `chain-unreachable`, `timeout`.
 */
export async function getRecovery(
  client: LichenClient,
  parameters: { readonly account: Address },
): Promise<AccountRecovery> {
  const { account } = parameters;
  const { chain } = client;
  const module = { address: accountsOf(client).guardianRecovery, abi: guardianRecoveryAbi } as const;
  const about = { ...module, args: { account }, fromBlock: 0n, strict: true } as const;
  const [[guardians, threshold, delaySeconds], minDelaySeconds, proposed, supported, now] = await Promise.all(
    [
      onChain(chain.readContract({ ...module, functionName: 'guardiansOf', args: [account] })),
      onChain(chain.readContract({ ...module, functionName: 'minDelay' })),
      onChain(chain.getContractEvents({ ...about, eventName: 'RecoveryProposed' })),
      onChain(chain.getContractEvents({ ...about, eventName: 'RecoverySupported' })),
      getChainTime(client),
    ],
  );
  // The same id is proposed again after it lapsed: the last time counts, and who agreed since.
  const latest = new Map(proposed.map((log) => [log.args.id, log]));
  const alive = await Promise.all(
    [...latest.values()].map(async (log) => {
      const { id, guardian, key, listing } = log.args;
      const recovery = await onChain(
        chain.readContract({ ...module, functionName: 'proposalOf', args: [account, id] }),
      );
      if (recovery.id === zeroHash) return [];
      const others = supported
        .filter((support) => support.args.id === id && support.args.guardian !== guardian)
        .filter((support) => support.blockNumber >= log.blockNumber)
        .map((support) => support.args.guardian);
      const readyAt = recovery.readyAt === 0 ? null : recovery.readyAt;
      const found: RecoveryUnderWay = {
        id,
        state: recoveryStateAt(readyAt, now),
        passkey: key,
        listing,
        proposedBy: guardian,
        supporters: [guardian, ...others],
        readyAt,
        lapsesAt: recovery.lapsesAt,
      };
      return [found];
    }),
  );
  const underWay = alive.flat().sort((one, other) => rankOf(one) - rankOf(other));
  return { guardians, threshold, delaySeconds, minDelaySeconds, underWay };
}

function rankOf({ readyAt }: RecoveryUnderWay): number {
  return readyAt ?? Number.MAX_SAFE_INTEGER;
}
