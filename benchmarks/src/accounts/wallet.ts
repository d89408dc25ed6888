import { type SoftwarePasskey, softwarePasskey } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { UserOperation } from 'viem/account-abstraction';

export interface Call {
  readonly to: Address;
  readonly data: Hex;
}

/** A person of the benchmark: two devices, each with a passkey. The passkeys are software: no browser takes part. */
export interface Person {
  readonly index: number;
  readonly device: SoftwarePasskey;
  readonly second: SoftwarePasskey;
}

/** What is asked of ours and of the rivals alike. */
export interface Wallet {
  readonly name: string;
  readonly entryPoint: Address;
  /** Where the person's account is, or will be. */
  addressOf(person: Person): Promise<Address>;
  /**
   * An operation of the account, sponsored, signed by the person's first device unless `by` is their second; creates the
   * account where it is missing.
   */
  operation(person: Person, calls: readonly Call[], by?: SoftwarePasskey): Promise<UserOperation<'0.8'>>;
  /** The calls by which the account takes the person's second passkey. */
  addSecond(person: Person): Promise<readonly Call[]>;
}

const origin = 'http://localhost:5173';

export function personOf(index: number): Person {
  const key = (nth: number): Hex => `0x${(1_000_000 + 2 * index + nth).toString(16).padStart(64, '0')}`;
  return {
    index,
    device: softwarePasskey(key(0), 'localhost', origin),
    second: softwarePasskey(key(1), 'localhost', origin),
  };
}
