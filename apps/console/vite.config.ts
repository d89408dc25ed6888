import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The gateway serves both the API and this app on one origin, so the built app needs no address. In development
// LICHEN_GATEWAY names a running gateway to proxy to.
const gateway = process.env.LICHEN_GATEWAY ?? 'http://127.0.0.1:4600';

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/rpc', '/bundler', '/paymaster', '/config.json'].map((path) => [
        path,
        { target: gateway, changeOrigin: true },
      ]),
    ),
  },
  // The replay's worker loads its sandbox only when it runs rules.
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // ECharts, loaded only by the model page, is the one chunk above the default warning size.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
