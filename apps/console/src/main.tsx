import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
// A passkey is bound to a name, and a number is none: the same server answers to both.
if (window.location.hostname === '127.0.0.1') {
  window.location.hostname = 'localhost';
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
