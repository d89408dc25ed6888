import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedModel } from './trainFlightDelay.ts';

/** Writes flight-delay.model.bin, manifest.json and card.json into a directory. */
export function writeFlightDelay(trained: TrainedModel, modelDir: string): void {
  mkdirSync(modelDir, { recursive: true });
  writeFileSync(join(modelDir, 'flight-delay.model.bin'), trained.blob);
  writeFileSync(join(modelDir, 'manifest.json'), trained.manifestBytes);
  writeFileSync(join(modelDir, 'card.json'), `${JSON.stringify(trained.card, null, 1)}\n`);
}
