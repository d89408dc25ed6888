import { encodePasskeySignature, LichenError, verifyAssertion } from '@lichen/protocol';
import type { Hex } from 'viem';
import { getUserOperationTypedData } from 'viem/account-abstraction';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type Agent, accountsOf, type PasskeySigner } from './accountClient.ts';
import { type Operation, operationHashOf } from './operation.ts';

/** Longest origin and extras that the stub allows for in client data, characters. */
const stubSuffixLength = 160;

/**
 * A signature of a passkey's length that the account checks to the end, for estimating gas: nothing in the account's
 * code returns before the curve is reached, so the estimate includes it.
 */
export function passkeyStub(index: number): Hex {
  return encodePasskeySignature(index, {
    authenticatorData: `0x${'00'.repeat(32)}0500000000`,
    clientDataJSON: `{"type":"webauthn.get","challenge":"${'A'.repeat(43)}"${' '.repeat(stubSuffixLength)}`,
    signature: `0x${'11'.repeat(64)}`,
  });
}

/** A well-formed secp256k1 signature of nobody in particular. */
export const agentStub: Hex = `0x${'11'.repeat(32)}${'22'.repeat(32)}1b`;

/**
 * Asks the person once and returns the account's signature of the operation.
 * @throws LichenError `wrong-passkey` when the authenticator used another passkey than the account's: told here, since the
 * chain would only say that the signature is wrong. What the signer throws passes through.
 */
export async function signByPasskey(
  client: LichenClient,
  signer: PasskeySigner,
  operation: Operation,
): Promise<Hex> {
  const hash = operationHashOf(client, operation);
  const assertion = await signer.sign(hash);
  if (!verifyAssertion(signer.passkey, hash, assertion)) {
    throw new LichenError('wrong-passkey', 'That passkey does not belong to this account.', {
      got: 'an assertion by another passkey',
      expected: `passkey ${signer.passkey.x.slice(0, 10)}… of account ${operation.sender}`,
      next: 'Choose the passkey of this account, or sign in to the other account.',
      retry: 'after-fix',
    });
  }
  return encodePasskeySignature(signer.index ?? 0, assertion);
}

/** An agent's signature of an operation: EIP-712, so that any account of viem can make it. */
export function signByAgent(client: LichenClient, agent: Agent, operation: Operation): Promise<Hex> {
  return agent.signTypedData(
    getUserOperationTypedData({
      chainId: client.config.chainId,
      entryPointAddress: accountsOf(client).entryPoint,
      userOperation: operation,
    }),
  );
}
