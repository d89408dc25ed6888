import { lazy } from 'react';
import { createBrowserRouter, Navigate } from 'react-router';
import { Shell } from '../shell/Shell.tsx';
import { LostPage } from './LostPage.tsx';

// Each page is a chunk of its own, so the shell stands before any of them has arrived.
const CoverPage = lazy(async () => ({ default: (await import('../cover/CoverPage.tsx')).CoverPage }));
const MinePage = lazy(async () => ({ default: (await import('../cover/MinePage.tsx')).MinePage }));
const FlightPage = lazy(async () => ({ default: (await import('../cover/FlightPage.tsx')).FlightPage }));
const PolicyPage = lazy(async () => ({ default: (await import('../cover/PolicyPage.tsx')).PolicyPage }));
const OraclePage = lazy(async () => ({ default: (await import('../oracle/OraclePage.tsx')).OraclePage }));
const RoundPage = lazy(async () => ({ default: (await import('../oracle/RoundPage.tsx')).RoundPage }));
const ModelPage = lazy(async () => ({ default: (await import('../model/ModelPage.tsx')).ModelPage }));
const NetworkPage = lazy(async () => ({ default: (await import('../network/NetworkPage.tsx')).NetworkPage }));

// The gateway answers every path that is neither a file nor its API with index.html.
export const router = createBrowserRouter([
  {
    element: <Shell />,
    children: [
      {
        errorElement: <LostPage />,
        children: [
          { index: true, element: <Navigate to="/cover" replace /> },
          { path: 'cover', element: <CoverPage /> },
          { path: 'cover/mine', element: <MinePage /> },
          { path: 'cover/flights/:flightId', element: <FlightPage /> },
          { path: 'cover/policies/:policyId', element: <PolicyPage /> },
          { path: 'oracle', element: <OraclePage /> },
          { path: 'oracle/rounds/:round', element: <RoundPage /> },
          { path: 'model', element: <ModelPage /> },
          { path: 'network', element: <NetworkPage /> },
          { path: '*', element: <LostPage /> },
        ],
      },
    ],
  },
]);
