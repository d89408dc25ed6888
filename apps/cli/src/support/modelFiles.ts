import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFiles } from '@lichen/node';
import { LichenError } from '@lichen/protocol';
import { repository } from './repository.ts';

/**
 * The files of the model that flight delay cover is priced with.
 *
 * @throws LichenError `not-found` when they are missing.
 */
export function modelFiles(): ModelFiles {
  const files = {
    blobFile: join(repository.modelDir, 'flight-delay.model.bin'),
    manifestFile: join(repository.modelDir, 'manifest.json'),
    cardFile: join(repository.modelDir, 'card.json'),
  };
  for (const path of [files.blobFile, files.manifestFile]) {
    if (existsSync(path)) continue;
    throw new LichenError('not-found', 'The model of flight delay cover is missing.', {
      got: path,
      next: 'Restore it from the repository, or train it again with: lichen model train',
      retry: 'after-fix',
    });
  }
  const { cardFile, ...needed } = files;
  return existsSync(cardFile) ? files : needed;
}
