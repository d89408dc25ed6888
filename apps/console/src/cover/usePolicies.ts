import { listPolicies } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';

/** The policies of this browser's account, newest first. */
export function usePolicies() {
  const client = useClient();
  const holder = client.wallet?.account.address;
  return useQuery({
    queryKey: ['policies'],
    queryFn: async () =>
      holder === undefined ? [] : [...(await listPolicies(client, { holder }))].reverse(),
    refetchInterval: 3_000,
  });
}
