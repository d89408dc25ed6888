import { createBrowserRouter, Navigate } from 'react-router';
import { Shell } from '../shell/Shell.tsx';
import { LostPage } from './LostPage.tsx';

// The gateway answers every path that is neither a file nor its API with index.html. Each page is a chunk of its own.
export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <LostPage />,
    children: [
      { index: true, element: <Navigate to="/cover" replace /> },
      {
        path: 'cover',
        lazy: async () => ({ Component: (await import('../cover/CoverPage.tsx')).CoverPage }),
      },
      {
        path: 'cover/mine',
        lazy: async () => ({ Component: (await import('../cover/MinePage.tsx')).MinePage }),
      },
      {
        path: 'cover/flights/:flightId',
        lazy: async () => ({ Component: (await import('../cover/FlightPage.tsx')).FlightPage }),
      },
      {
        path: 'cover/policies/:policyId',
        lazy: async () => ({ Component: (await import('../cover/PolicyPage.tsx')).PolicyPage }),
      },
      {
        path: 'oracle',
        lazy: async () => ({ Component: (await import('../oracle/OraclePage.tsx')).OraclePage }),
      },
      {
        path: 'oracle/rounds/:round',
        lazy: async () => ({ Component: (await import('../oracle/RoundPage.tsx')).RoundPage }),
      },
      {
        path: 'model',
        lazy: async () => ({ Component: (await import('../model/ModelPage.tsx')).ModelPage }),
      },
      {
        path: 'network',
        lazy: async () => ({ Component: (await import('../network/NetworkPage.tsx')).NetworkPage }),
      },
      { path: '*', element: <LostPage /> },
    ],
  },
]);
