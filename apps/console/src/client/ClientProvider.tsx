import { createLichenClient, type LichenClient } from '@lichen/sdk';
import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use } from 'react';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import classes from './ClientProvider.module.css';

const ClientContext = createContext<LichenClient | null>(null);

/** The client of the network that served this page. */
export function useClient(): LichenClient {
  const client = use(ClientContext);
  if (client === null) throw new Error('useClient is called outside ClientProvider');
  return client;
}

/** Connects to the gateway on this origin, and says what to do when it does not answer. */
export function ClientProvider(props: { children: ReactNode }) {
  const connection = useQuery({
    queryKey: ['client'],
    queryFn: () => createLichenClient({ gatewayUrl: window.location.origin }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 2,
  });
  if (connection.data !== undefined)
    return <ClientContext value={connection.data}>{props.children}</ClientContext>;
  return (
    <main className={classes.waiting}>
      <h1 className="hidden-visually">Lichen</h1>
      {connection.isError ? (
        <div className={classes.note}>
          <ErrorNote error={connection.error} />
          <Button onClick={() => connection.refetch()} loading={connection.isFetching}>
            Try again
          </Button>
        </div>
      ) : (
        <div role="status" className={classes.note}>
          <Loader size="sm" aria-hidden />
          <span>Connecting to the network…</span>
        </div>
      )}
    </main>
  );
}
