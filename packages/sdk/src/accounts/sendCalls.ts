import type { AccountClient, Call, SendOptions, SentCalls } from './accountClient.ts';
import { checkSigner } from './checkSigner.ts';
import { encodeCalls } from './encodeCalls.ts';
import { personNonceKey } from './operation.ts';
import { prepareOperation } from './prepareOperation.ts';
import { passkeyStub, signByPasskey } from './signOperation.ts';
import { submitOperation } from './submitOperation.ts';

/**
 * Makes calls as the account, all or none, and waits until a block has them. The sponsor pays; the person is asked once,
 * after everything that can be refused has been checked. Creates the account if it is not on the chain yet.
 * @example
 * await sendCalls(account, [{ to: token, data }], { onAccepted: () => show('accepted') });
 * @throws LichenError the contract's own reason; `sponsor-exhausted` and `bundler-unreachable`, after which
 * `sendCallsSelfPaid` is the way; `wrong-passkey`; `timeout`; `chain-unreachable`; what the signer throws.
 */
export async function sendCalls(
  account: AccountClient,
  calls: readonly Call[],
  options: SendOptions = {},
): Promise<SentCalls> {
  const { client, signer, birth } = account;
  const callData = encodeCalls(calls);
  const deployed = birth === undefined || (await account.isDeployed());
  const [{ operation, sinceBlock }] = await Promise.all([
    prepareOperation(client, {
      sender: account.address,
      nonceKey: personNonceKey,
      callData,
      ...(deployed ? {} : { birth }),
      stubSignature: passkeyStub(signer.index ?? 0),
    }),
    deployed ? checkSigner(account) : undefined,
  ]);
  const signature = await signByPasskey(client, signer, operation);
  return submitOperation(client, { operation: { ...operation, signature }, sinceBlock }, options);
}
