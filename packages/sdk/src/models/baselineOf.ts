import { LichenError } from '@lichen/protocol';
import { hexToBytes, isHex } from 'viem';

/**
 * The typical input in a model's manifest (`baseline`, hex, one byte per input): explanations tell how an input
 * differs from it.
 * @throws LichenError `bad-input` when the manifest has none.
 */
export function baselineOf(manifest: Readonly<Record<string, unknown>>): Uint8Array {
  const { baseline } = manifest;
  if (isHex(baseline) && baseline.length % 2 === 0 && baseline.length > 2) return hexToBytes(baseline);
  throw new LichenError('bad-input', 'The manifest of the model names no baseline input.', {
    got: JSON.stringify(baseline)?.slice(0, 80) ?? 'nothing',
    expected: '0x and one byte per input',
  });
}
