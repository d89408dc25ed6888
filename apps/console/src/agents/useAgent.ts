import { getAgentStatus, getEquity } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';

/** What an agent says of itself, asked again every few seconds while the page is looked at. */
export function useAgentStatus(agent: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['agent', agent, 'status'],
    queryFn: () => getAgentStatus(client, { agent }),
    refetchInterval: 3_000,
  });
}

/** The worth of an agent's account at each of its decisions, oldest first. */
export function useEquity(agent: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['agent', agent, 'equity'],
    queryFn: () => getEquity(client, { agent }),
    refetchInterval: 5_000,
  });
}
