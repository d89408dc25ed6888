// A chain in a process of its own, for tests that kill it.
import type { Address } from 'viem';
import { endAsFailed, serveAsChild, tellSupervisor } from '../supervisor/serveAsChild.ts';
import { type ChainInit, startChain } from './startChain.ts';

type Message = Omit<ChainInit, 'genesisBalances'> & { genesisBalances: { address: Address; wei: string }[] };

serveAsChild(({ genesisBalances, ...init }: Message) =>
  startChain({
    ...init,
    genesisBalances: genesisBalances.map(({ address, wei }) => ({ address, wei: BigInt(wei) })),
    onEvent: (event) => tellSupervisor({ event }),
    onFatal: endAsFailed,
  }),
);
