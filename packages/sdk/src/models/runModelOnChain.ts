import { modelRegistryAbi } from '@lichen/contracts';
import { bytesToHex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';

/**
 * The model's output for an input, computed by the chain (a call, no transaction): equals `runModel` bit for bit.
 * @param parameters.input one byte of 0..127 per input of the model.
 * @throws LichenError `bad-input` for an input of the wrong shape, `bad-model`, `chain-unreachable`, `timeout`.
 */
export async function runModelOnChain(
  client: LichenClient,
  parameters: { readonly input: Uint8Array },
): Promise<bigint> {
  return onChain(
    client.chain.readContract({
      address: client.addresses.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'infer',
      args: [client.config.modelId, bytesToHex(parameters.input)],
    }),
  );
}
