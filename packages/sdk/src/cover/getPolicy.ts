import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { listPolicies } from './listPolicies.ts';
import type { Policy } from './policy.ts';

/**
 * One policy by its id.
 * @throws LichenError `not-found` when it was never bought, `chain-unreachable`, `timeout`.
 */
export async function getPolicy(
  client: LichenClient,
  parameters: { readonly policyId: Hex },
): Promise<Policy> {
  const [policy] = await listPolicies(client, parameters);
  if (policy !== undefined) return policy;
  throw new LichenError('not-found', 'There is no such policy.', {
    got: parameters.policyId,
    next: 'List the policies of your account with `lichen cover list`.',
    retry: 'after-fix',
  });
}
