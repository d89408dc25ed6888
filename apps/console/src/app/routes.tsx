import { lazy } from 'react';
import { createBrowserRouter, Navigate } from 'react-router';
import { Shell } from '../shell/Shell.tsx';
import { CheckedParam } from './CheckedParam.tsx';
import { LostPage } from './LostPage.tsx';

// Each page is a chunk of its own, so the shell stands before any of them has arrived.
const CoverPage = lazy(async () => ({ default: (await import('../cover/CoverPage.tsx')).CoverPage }));
const MinePage = lazy(async () => ({ default: (await import('../cover/MinePage.tsx')).MinePage }));
const FlightPage = lazy(async () => ({ default: (await import('../cover/FlightPage.tsx')).FlightPage }));
const PolicyPage = lazy(async () => ({ default: (await import('../cover/PolicyPage.tsx')).PolicyPage }));
const AgentsPage = lazy(async () => ({ default: (await import('../agents/AgentsPage.tsx')).AgentsPage }));
const AgentPage = lazy(async () => ({ default: (await import('../agents/AgentPage.tsx')).AgentPage }));
const OraclePage = lazy(async () => ({ default: (await import('../oracle/OraclePage.tsx')).OraclePage }));
const RoundPage = lazy(async () => ({ default: (await import('../oracle/RoundPage.tsx')).RoundPage }));
const ModelPage = lazy(async () => ({ default: (await import('../model/ModelPage.tsx')).ModelPage }));
const NetworkPage = lazy(async () => ({ default: (await import('../network/NetworkPage.tsx')).NetworkPage }));
const JournalPage = lazy(async () => ({ default: (await import('../journal/JournalPage.tsx')).JournalPage }));
const DecisionsPage = lazy(async () => ({
  default: (await import('../journal/DecisionsPage.tsx')).DecisionsPage,
}));
const DecisionPage = lazy(async () => ({
  default: (await import('../journal/DecisionPage.tsx')).DecisionPage,
}));
const VerifyPage = lazy(async () => ({ default: (await import('../journal/VerifyPage.tsx')).VerifyPage }));

const AccountPage = lazy(async () => ({ default: (await import('../account/AccountPage.tsx')).AccountPage }));
const MandatesPage = lazy(async () => ({
  default: (await import('../account/mandates/MandatesPage.tsx')).MandatesPage,
}));
const DevicesPage = lazy(async () => ({
  default: (await import('../account/devices/DevicesPage.tsx')).DevicesPage,
}));
const AddDevicePage = lazy(async () => ({
  default: (await import('../account/devices/AddDevicePage.tsx')).AddDevicePage,
}));
const GuardiansPage = lazy(async () => ({
  default: (await import('../account/guardians/GuardiansPage.tsx')).GuardiansPage,
}));
const RecoverPage = lazy(async () => ({
  default: (await import('../account/guardians/RecoverPage.tsx')).RecoverPage,
}));
const VaultKeyPage = lazy(async () => ({
  default: (await import('../account/vault/VaultKeyPage.tsx')).VaultKeyPage,
}));

const hash = /^0x[0-9a-f]{64}$/i;
const ordinal = /^[1-9]\d{0,5}$/;

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
          {
            path: 'cover/flights/:flightId',
            element: (
              <CheckedParam name="flightId" pattern={hash}>
                <FlightPage />
              </CheckedParam>
            ),
          },
          {
            path: 'cover/policies/:policyId',
            element: (
              <CheckedParam name="policyId" pattern={hash}>
                <PolicyPage />
              </CheckedParam>
            ),
          },
          { path: 'account', element: <AccountPage /> },
          { path: 'account/mandates', element: <MandatesPage /> },
          // Its name before the network had agents of its own.
          { path: 'account/agents', element: <Navigate to="/account/mandates" replace /> },
          { path: 'account/devices', element: <DevicesPage /> },
          { path: 'account/guardians', element: <GuardiansPage /> },
          { path: 'account/vault-key', element: <VaultKeyPage /> },
          { path: 'add-device', element: <AddDevicePage /> },
          { path: 'recover', element: <RecoverPage /> },
          { path: 'agents', element: <AgentsPage /> },
          {
            path: 'agents/:agent',
            element: (
              <CheckedParam name="agent" pattern={/^[a-z0-9-]{1,64}$/}>
                <AgentPage />
              </CheckedParam>
            ),
          },
          { path: 'oracle', element: <OraclePage /> },
          {
            path: 'oracle/rounds/:round',
            element: (
              <CheckedParam name="round" pattern={/^\d{1,12}$/}>
                <RoundPage />
              </CheckedParam>
            ),
          },
          { path: 'journal', element: <JournalPage /> },
          {
            path: 'journal/:journal',
            element: (
              <CheckedParam name="journal" pattern={ordinal}>
                <DecisionsPage />
              </CheckedParam>
            ),
          },
          {
            path: 'journal/:journal/:index',
            element: (
              <CheckedParam name="index" pattern={/^(0|[1-9]\d{0,14})$/}>
                <DecisionPage />
              </CheckedParam>
            ),
          },
          { path: 'verify', element: <VerifyPage /> },
          { path: 'model', element: <ModelPage /> },
          { path: 'network', element: <NetworkPage /> },
          { path: '*', element: <LostPage /> },
        ],
      },
    ],
  },
]);
