import { type Assertion, LichenError, type Passkey } from '@lichen/protocol';
import type { Address, Hex, LocalAccount, TransactionReceipt } from 'viem';
import type { AccountsConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';

/**
 * Who signs for an account: a browser's passkey through `navigator.credentials.get`, or a software passkey.
 * `softwarePasskey` of @lichen/protocol is one as it is.
 */
export interface PasskeySigner {
  readonly passkey: Passkey;
  /** Index of the passkey in the account; 0, the first, when absent. */
  readonly index?: number;
  /** The 32 random bytes that the passkey carries as its user handle; needed to list it in the directory. */
  readonly userHandle?: Hex;
  /** Asks the person, and signs these 32 bytes as the WebAuthn challenge. User verification is required. */
  sign(hash: Hex): Promise<Assertion> | Assertion;
}

/** One call that an account makes. */
export interface Call {
  readonly to: Address;
  /** Wei; 0 when absent. */
  readonly value?: bigint;
  readonly data?: Hex;
}

/** How an account that the chain does not know yet comes into being with its first operation (ERC-4337 `factory`). */
export interface Birth {
  readonly factory: Address;
  readonly factoryData: Hex;
}

/** An account and who signs for it. */
export interface AccountClient {
  readonly address: Address;
  readonly client: LichenClient;
  readonly signer: PasskeySigner;
  /** Sent along with the first operation while the account is not deployed. Absent for an account that was found. */
  readonly birth?: Birth;
  /** Whether the account is on the chain. Asks the chain until it is, then remembers. @throws LichenError `chain-unreachable`. */
  isDeployed(): Promise<boolean>;
}

/** What a confirmed operation left behind. */
export interface SentCalls {
  readonly userOpHash: Hex;
  readonly transactionHash: Hex;
  readonly receipt: TransactionReceipt;
}

/** An agent that signs operations itself: any viem local account. */
export type Agent = LocalAccount;

export interface SendOptions {
  /** Called once, as soon as the bundler (or the chain) has taken the operation: the moment for the screen to say "accepted". */
  readonly onAccepted?: (userOpHash: Hex) => void;
  /** Milliseconds to wait for the receipt; 60,000 when absent. */
  readonly timeoutMs?: number;
}

/**
 * Where the account contracts of a network are.
 * @throws LichenError `not-found` when the network has none.
 */
export function accountsOf(client: LichenClient): AccountsConfig {
  if (client.config.accounts !== undefined) return client.config.accounts;
  throw new LichenError('not-found', 'This network has no accounts.', {
    got: `network ${client.config.name}`,
    next: 'Start the network again with a newer release, or name another gateway.',
    retry: 'after-fix',
  });
}
