import { describe, expect, test } from 'vitest';
import { layers, violationsOf } from './check-layers.ts';

function layerOf(folder: string) {
  return layers.find((layer) => layer.folder === folder)!;
}

describe('violationsOf', () => {
  test('lets an allowed import pass', () => {
    expect(
      violationsOf('packages/sdk/src/a.ts', `import { x } from '@lichen/protocol';`, layerOf('packages/sdk')),
    ).toEqual([]);
  });
  test.each([
    ['packages/protocol', 'packages/protocol/src/a.ts', `import { readFileSync } from 'node:fs';`],
    ['packages/protocol', 'packages/protocol/src/a.ts', 'const now = Date.now();'],
    ['packages/sdk', 'packages/sdk/src/a.ts', `import { up } from '@lichen/node';`],
    ['packages/sdk', 'packages/sdk/src/a.ts', 'const key = process.env.KEY;'],
    ['packages/node', 'packages/node/src/a.ts', `import { b } from '../../sdk/src/b.ts';`],
    ['packages/agent', 'packages/agent/src/a.ts', `import { serve } from '@lichen/node';`],
    ['packages/node', 'packages/node/src/a.ts', `import { createAgent } from '@lichen/agent';`],
    ['apps/console', 'apps/console/src/a.tsx', `import { x } from '@lichen/node';`],
    ['apps/cli', 'apps/cli/src/a.ts', `import { x } from '@lichen/sdk/src/internal.ts';`],
  ])('refuses in %s', (folder, file, text) => {
    expect(violationsOf(file, text, layerOf(folder))).toHaveLength(1);
  });
  test('does not take a word in a comment for code', () => {
    expect(
      violationsOf(
        'packages/protocol/src/a.ts',
        '// never call Date.now() here',
        layerOf('packages/protocol'),
      ),
    ).toEqual([]);
  });
});
