import { LichenError, parseTrustPolicy } from '@lichen/protocol';
import { type TimedReport, timeVerification } from './timeVerification.ts';

/** No receipt, policy or decision is longer; a chosen film must not fill the memory. */
export const longestFile = 2_000_000;

/** What a person chose to be verified. */
export interface ChosenFiles {
  readonly receipt: Blob;
  /** A tlog-policy; the remembered one when absent. */
  readonly policy?: Blob | undefined;
  /** The decision's own bytes; those inside the receipt when absent. */
  readonly decision?: Blob | undefined;
}

function checked(file: Blob): Blob {
  if (file.size <= longestFile) return file;
  throw new LichenError('bad-input', 'That file is too long to be a receipt, a policy or a decision.', {
    got: `${file.size} bytes`,
    expected: `at most ${longestFile} bytes`,
    next: 'Choose another file.',
    retry: 'never',
  });
}

/**
 * Verifies files with no network. Bytes that are no text are read as they are: a broken receipt is a finding, not an error.
 * @throws LichenError `bad-input` for a file that is too long, a policy that cannot be used, or none at all
 */
export async function verifyFiles(files: ChosenFiles, remembered: string | undefined): Promise<TimedReport> {
  const receipt = await checked(files.receipt).text();
  const policy = files.policy === undefined ? remembered : await checked(files.policy).text();
  if (policy === undefined) {
    throw new LichenError('bad-input', 'A receipt is verified against a trust policy.', {
      got: 'a network without journals, so that this browser remembers none',
      next: 'Choose a policy file as well.',
      retry: 'after-fix',
    });
  }
  const entry =
    files.decision === undefined
      ? {}
      : { entry: new Uint8Array(await checked(files.decision).arrayBuffer()) };
  return timeVerification({ receipt, policy: parseTrustPolicy(policy), ...entry });
}
