import { isLichenError } from '@lichen/protocol';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { AccountProvider } from '../account/AccountProvider.tsx';
import { ActProvider } from '../acts/ActProvider.tsx';
import { ClientProvider } from '../client/ClientProvider.tsx';
import { router } from './routes.tsx';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What cannot change by waiting is shown at once; the rest is tried twice more first.
      retry: (failures, error) => failures < 2 && !(isLichenError(error) && error.retry !== 'later'),
    },
  },
});

/** The whole console. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" autoClose={5_000} />
      <QueryClientProvider client={queries}>
        <ClientProvider>
          <AccountProvider>
            <ActProvider>
              <RouterProvider router={router} />
            </ActProvider>
          </AccountProvider>
        </ClientProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
