import { fc, test as property } from '@fast-check/vitest';
import { inferRaw } from '@lichen/protocol';
import { describe, expect } from 'vitest';
import { clip, createPass, forward, initialParameters, onGrid, unit } from './denseNetwork.ts';
import { exportModel } from './exportModel.ts';
import { seededRandom } from './seededRandom.ts';

describe('exportModel', () => {
  property.prop([
    fc.integer(),
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 127 }),
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 127 }),
  ])('the integer model is the network on the grid, to the bit', (seed, input, centre) => {
    const parameters = initialParameters(seededRandom(seed), -2);
    for (let i = 0; i < parameters.length; i++) parameters[i]! *= 3;
    clip(parameters);
    const grid = onGrid(parameters);
    const pass = createPass();
    for (let i = 0; i < 16; i++) pass.input[i] = (input[i]! - centre[i]!) / unit;
    expect(inferRaw(exportModel(grid, centre), input)).toBe(forward(grid, pass, true) * 2048);
  });
});
