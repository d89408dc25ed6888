import { LichenError } from '@lichen/protocol';
import { formatAmount, type LichenClient, listPolicies, payOutPolicy } from '@lichen/sdk';
import type { Hex } from 'viem';

/**
 * The policy whose id is, or starts with, what was typed.
 * @throws LichenError `bad-input` when it is no id or several policies start so, `not-found` when none does.
 */
async function policyIdFrom(client: LichenClient, text: string): Promise<Hex> {
  if (!/^0x[0-9a-fA-F]{6,64}$/.test(text)) {
    throw new LichenError('bad-input', 'That is not the id of a policy.', {
      got: JSON.stringify(text.slice(0, 80)),
      expected: '0x and 6 to 64 hex digits',
      next: 'List your policies with `lichen cover list`.',
      retry: 'after-fix',
    });
  }
  const found = (await listPolicies(client)).filter((policy) =>
    policy.policyId.startsWith(text.toLowerCase()),
  );
  if (found.length === 1) return found[0]!.policyId;
  throw new LichenError(
    found.length === 0 ? 'not-found' : 'bad-input',
    found.length === 0 ? 'There is no such policy.' : 'Several policies start with these digits.',
    {
      got: text,
      next: found.length === 0 ? 'List your policies with `lichen cover list`.' : 'Write more digits.',
      retry: 'after-fix',
    },
  );
}

/** Settles a policy: the money, if any, goes to its holder. */
export async function payCommand(client: LichenClient, options: { readonly policy: string }) {
  const policyId = await policyIdFrom(client, options.policy);
  const paid = await payOutPolicy(client, { policyId });
  const sentence =
    paid.state === 'paid'
      ? `Paid ${formatAmount(paid.amount)} pUSD to the holder.`
      : paid.state === 'refunded'
        ? `Gave the premium of ${formatAmount(paid.amount)} pUSD back to the holder.`
        : 'Closed without a payment: the flight arrived less than 60 minutes late.';
  return {
    json: { policyId, ...paid },
    text: `${sentence}\n  transaction  ${paid.hash}\n  gas          ${paid.gasUsed}`,
  };
}
