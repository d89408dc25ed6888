import type { AccountClient, SendOptions } from '@lichen/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from 'react';
import { useAccount } from '../account/AccountProvider.tsx';
import type { ActProgress } from './actText.ts';

export interface Act<T> {
  /** What is done, as the start of a sentence: `Revoking “Cover agent”`. */
  readonly what: string;
  /** Does it. The passkey's touch and the bundler's word are reported by whoever performs it. */
  perform(report: ActReport): Promise<T>;
}

/** How the one who performs an act tells how far it is. */
export interface ActReport {
  /** A prompt is about to appear. */
  asking(): void;
  /** The person has touched: from here the clock runs. */
  touched(): void;
  /** The same account, whose signer reports prompt and touch by itself. */
  signing(account: AccountClient): AccountClient;
  /** For every verb that sends. */
  readonly options: SendOptions;
}

export interface Acts {
  readonly progress: ActProgress | null;
  /** True from the prompt until the act is final: a browser shows one prompt at a time. */
  readonly busy: boolean;
  /** Performs an act and shows how far it is; null when it failed, which is shown too. */
  run<T>(act: Act<T>): Promise<T | null>;
  /** One act of the account in use. @throws Error without an account. */
  runAs<T>(
    what: string,
    perform: (account: AccountClient, options: SendOptions) => Promise<T>,
  ): Promise<T | null>;
  dismiss(): void;
}

const ActContext = createContext<Acts | null>(null);

/** What a person does with the account, one act at a time. */
export function useActs(): Acts {
  const acts = use(ActContext);
  if (acts === null) throw new Error('useActs is called outside ActProvider');
  return acts;
}

/** Runs acts and measures them: accepted is when the bundler took the operation, final when its block is there. */
export function ActProvider(props: { children: ReactNode }) {
  const queries = useQueryClient();
  const { account } = useAccount();
  const [progress, setProgress] = useState<ActProgress | null>(null);
  const running = useRef(false);

  const run = useCallback(
    async <T,>(act: Act<T>): Promise<T | null> => {
      if (running.current) return null;
      running.current = true;
      const { what } = act;
      let touchedAt = performance.now();
      let acceptedMs: number | null = null;
      const touched = () => {
        touchedAt = performance.now();
        setProgress({ what, phase: 'sending' });
      };
      const asking = () => setProgress({ what, phase: 'asking' });
      setProgress({ what, phase: 'preparing' });
      try {
        const result = await act.perform({
          asking,
          touched,
          signing: (signer) => ({
            ...signer,
            signer: {
              ...signer.signer,
              sign: async (hash) => {
                asking();
                const assertion = await signer.signer.sign(hash);
                touched();
                return assertion;
              },
            },
          }),
          options: {
            onAccepted: () => {
              acceptedMs = performance.now() - touchedAt;
              setProgress({ what, phase: 'accepted', acceptedMs });
            },
          },
        });
        running.current = false;
        setProgress({ what, phase: 'final', acceptedMs, finalMs: performance.now() - touchedAt });
        // One operation can move money, covers, mandates and devices alike. Not quotes: a price must not change under
        // the reader's eyes. Not awaited: the next act may begin while the page reads.
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'quote' });
        return result;
      } catch (error) {
        running.current = false;
        setProgress({ what, phase: 'failed', error });
        return null;
      }
    },
    [queries],
  );

  const acts = useMemo(
    (): Acts => ({
      progress,
      busy: progress !== null && progress.phase !== 'final' && progress.phase !== 'failed',
      run,
      runAs: (what, perform) => {
        if (account === null) throw new Error('an act needs an account');
        return run({ what, perform: ({ signing, options }) => perform(signing(account), options) });
      },
      dismiss: () => setProgress(null),
    }),
    [progress, run, account],
  );
  return <ActContext value={acts}>{props.children}</ActContext>;
}
