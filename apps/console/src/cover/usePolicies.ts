import { listPolicies } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useAccount } from '../account/AccountProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';

/** The policies of this browser's account, newest first. */
export function usePolicies() {
  const client = useClient();
  const holder = useAccount().account?.address;
  return useQuery({
    queryKey: ['policies', 'of', holder ?? 'nobody'],
    queryFn: async () =>
      holder === undefined ? [] : [...(await listPolicies(client, { holder }))].reverse(),
    refetchInterval: 3_000,
  });
}
