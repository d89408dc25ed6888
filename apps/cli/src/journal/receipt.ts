import { existsSync, writeFileSync } from 'node:fs';
import { LichenError, verifyReceipt } from '@lichen/protocol';
import { getReceipt, type LichenClient, trustPolicyOf } from '@lichen/sdk';

export interface ReceiptOptions {
  readonly journal: string;
  readonly index: number;
  /** File to write; `decision-<index>.tlog-proof` when absent. */
  readonly out?: string;
}

/**
 * Gets a receipt, checks it and keeps it in a file that needs nobody any more.
 * @throws LichenError `bad-input` when the file exists; the errors of `getReceipt`
 */
export async function receiptCommand(
  client: LichenClient,
  options: ReceiptOptions,
): Promise<{ json: unknown; text: string }> {
  const file = options.out ?? `decision-${options.index}.tlog-proof`;
  if (existsSync(file)) {
    throw new LichenError('bad-input', 'That file is there already.', {
      got: file,
      next: 'Name another with --out.',
      retry: 'after-fix',
    });
  }
  const receipt = await getReceipt(client, options);
  const { isValid, checks } = verifyReceipt({ receipt, policy: trustPolicyOf(client).policy });
  writeFileSync(file, receipt, { flag: 'wx' });
  const failed = checks.filter(({ state }) => state === 'failed');
  return {
    json: { file, isValid, checks },
    text: [
      `Wrote ${file}.`,
      isValid
        ? `It holds: check it any time with \`lichen verify ${file}\`.`
        : `It does not hold yet: ${failed.map(({ name, detail }) => `${name}, ${detail}`).join('; ')}. Witnesses sign every few seconds; get it again then.`,
    ].join('\n'),
  };
}
