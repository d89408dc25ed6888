import { mandateIdOf, type Permission, type Terms } from '@lichen/protocol';
import { type Address, bytesToHex, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import type { AccountClient, Call, PasskeySigner, SendOptions, SentCalls } from './accountClient.ts';
import { createAccount } from './createAccount.ts';
import { grantCall, setBudgetCall } from './mandateCalls.ts';
import { useMandateSponsored } from './useMandateSponsored.ts';

/** The short bounded mandate with which a new account makes its first calls. */
export interface SessionInit {
  /** The one ERC-20 whose amounts are counted. */
  readonly asset: Address;
  /** Just what the first calls need: everything else is denied. */
  readonly permissions: readonly Permission[];
  /** Most that the session can spend in all, base units of the asset. */
  readonly maxPerPeriod: bigint;
  /** Most calls in all; 16 when absent. */
  readonly maxCalls?: number;
  /** How long it holds; 900 when absent. */
  readonly seconds?: number;
  /** Shown in the list of mandates; "This device, first steps" when absent. */
  readonly label?: string;
  /** The account's budget in the asset; the session's own bound when absent. */
  readonly budget?: { readonly amount: bigint; readonly period: number };
}

/** A session's key lives as long as the page that made it; who has it can do what the terms say and nothing else. */
export interface Session {
  readonly privateKey: Hex;
  readonly terms: Terms;
  /** Id of the mandate that the session is. */
  readonly id: Hex;
}

export interface CreatedAndSent extends SentCalls {
  readonly account: AccountClient;
  readonly session: Session;
}

export interface CreateAndSendParameters {
  /** The passkey that has just been made. It is not asked to sign. */
  readonly signer: PasskeySigner;
  readonly calls: readonly Call[];
  readonly session: SessionInit;
  /** What the account does while it comes to life, after granting the session; a call that fails is left out. */
  readonly birthCalls?: readonly Call[];
  /**
   * Called before anything is sent: the moment to remember the account's address and `birth`, and the session. Should the
   * first operation fail, they bring the account to life later; without them the passkey would open nothing.
   */
  readonly onCreated?: (account: AccountClient, session: Session) => void;
}

const sessionSeconds = 900;
const sessionCalls = 16;
const sessionLabel = 'This device, first steps';

/**
 * Creates an account and makes its first calls in one operation, with no prompt beyond the making of the passkey: the
 * account's birth grants a session of 15 minutes, and the session signs. The session is a mandate like any other: it is
 * listed, counted, and revoked as such.
 * @example
 * const { account } = await createAndSend(client, { signer, calls, session: { asset, permissions, maxPerPeriod } });
 * @throws LichenError `mandate-denied` when the calls need more than the session's permissions, and what
 * `useMandateSponsored` throws.
 */
export async function createAndSend(
  client: LichenClient,
  parameters: CreateAndSendParameters,
  options: SendOptions = {},
): Promise<CreatedAndSent> {
  const { signer, calls, session } = parameters;
  const privateKey = generatePrivateKey();
  const agent = privateKeyToAccount(privateKey);
  const period = session.seconds ?? sessionSeconds;
  const now = await getChainTime(client);
  const terms: Terms = {
    agent: agent.address,
    asset: session.asset,
    // Not `now`: a bundler compares with its own clock, which may be behind the chain's.
    validFrom: 0,
    validUntil: now + period,
    period,
    maxPerPeriod: session.maxPerPeriod,
    maxCalls: session.maxCalls ?? sessionCalls,
    permissions: session.permissions,
    salt: bytesToHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  const budget = session.budget ?? { amount: session.maxPerPeriod, period };
  const account = createAccount(client, {
    signer,
    birthCalls: [
      setBudgetCall(client, { asset: session.asset, ...budget }),
      grantCall(client, { terms, label: session.label ?? sessionLabel }),
      ...(parameters.birthCalls ?? []),
    ],
  });
  const { address, birth } = account;
  // An account is born in epoch 0.
  const granted: Session = { privateKey, terms, id: mandateIdOf(address, 0n, terms) };
  parameters.onCreated?.(account, granted);
  const sent = await useMandateSponsored(
    client,
    { agent, account: address, terms, calls, ...(birth === undefined ? {} : { birth }) },
    options,
  );
  return { account, session: granted, ...sent };
}
