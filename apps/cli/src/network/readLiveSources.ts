import { readFileSync, statSync } from 'node:fs';
import { type LiveSources, liveSourcesOf, parseSourcesFile } from '@lichen/node';
import { isLichenError, LichenError } from '@lichen/protocol';

/** Bytes; a sources file has a few hundred. */
const longest = 100_000;

/**
 * The live sources that a file names, with their credentials from this process's environment.
 * @throws LichenError `bad-input` for a file that cannot be read or used, or a credential that is not set
 */
export function readLiveSources(path: string): LiveSources {
  try {
    const { size } = statSync(path);
    if (size > longest) throw new Error(`${size} bytes, more than ${longest}`);
    return liveSourcesOf(parseSourcesFile(readFileSync(path, 'utf8')), process.env);
  } catch (error) {
    if (isLichenError(error)) throw error;
    throw new LichenError('bad-input', 'The sources file cannot be read.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'Correct the path after --sources.',
      retry: 'after-fix',
      cause: error,
    });
  }
}
