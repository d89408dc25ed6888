import { defineConfig } from 'vitest/config';

// Three projects: `unit` touches neither chain nor browser; `system` starts real anvils, networks and Chromium; `drill` does so
// for minutes. Two files at once each, so that two cores are enough.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps,applications,tools,benchmarks}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{system,drill}.test.ts', '**/dist/**'],
          testTimeout: 60_000,
          // A third of the time went into loading the same modules for each of two hundred files.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'system',
          include: ['{packages,apps,applications}/**/*.system.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Most of their time they wait for a chain: two at once, beside the compiler, fill two cores.
          maxWorkers: 2,
        },
      },
      {
        // System tests that take minutes: other chains, live providers, outages, whole drills, training again.
        test: {
          name: 'drill',
          include: ['{packages,apps,applications}/**/*.drill.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
