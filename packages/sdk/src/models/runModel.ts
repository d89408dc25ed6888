import { decodeModel, infer } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getModel } from './getModel.ts';

/**
 * The model's output for an input, computed here: parts per million for the flight model.
 * @param parameters.input one byte of 0..127 per input of the model.
 * @throws LichenError `bad-input` for an input of the wrong shape, and what `getModel` throws.
 */
export async function runModel(
  client: LichenClient,
  parameters: { readonly input: Uint8Array },
): Promise<bigint> {
  const model = await getModel(client);
  return infer(decodeModel(model.blob), parameters.input);
}
