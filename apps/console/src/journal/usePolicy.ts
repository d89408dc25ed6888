import { trustPolicyOf } from '@lichen/sdk';
import { useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { type PolicyStanding, rememberPolicy, replacePolicy } from './rememberedPolicy.ts';

/**
 * Whom this browser trusts on this network, remembered at the first visit; undefined where the network keeps no journals.
 * `accept` takes the policy that the network names now.
 */
export function usePolicy(): { readonly standing: PolicyStanding | undefined; readonly accept: () => void } {
  const client = useClient();
  const { config } = client;
  const network = `${config.chainId}.${config.world.chainEpoch}`;
  const [standing, setStanding] = useState(() => {
    if (config.journals.length === 0) return undefined;
    const { text } = trustPolicyOf(client);
    return rememberPolicy(localStorage, network, { text, since: Date.now() });
  });
  return {
    standing,
    accept: () => {
      if (standing?.other === undefined) return;
      setStanding(replacePolicy(localStorage, network, { text: standing.other, since: Date.now() }));
    },
  };
}
