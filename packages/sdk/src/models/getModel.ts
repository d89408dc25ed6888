import { modelRegistryAbi } from '@lichen/contracts';
import { LichenError, modelIdOf } from '@lichen/protocol';
import { type Address, type Hex, hexToBytes, keccak256, stringToBytes } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fieldsOf, hexAt, textAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { baselineOf } from './baselineOf.ts';

/** A model with its papers, its weights checked against the id that the chain names. */
export interface PublishedModel {
  readonly modelId: Hex;
  readonly blob: Uint8Array;
  /** Feature names in order, units, quantisation, provenance of the training and metrics. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Who registered the model on the chain with this very manifest, first one first. */
  readonly vouchedBy: readonly Address[];
  /** What people should know before they rely on it: how it did on flights it never saw. Null when none is published. */
  readonly card: unknown;
  /** The typical input that explanations compare with, from the manifest. */
  readonly baseline: Uint8Array;
}

/** A model never changes under its id, so one download per client is enough. */
const downloads = new WeakMap<LichenClient, Promise<PublishedModel>>();

async function registrantsOf(client: LichenClient, modelId: Hex, manifestHash: Hex): Promise<Address[]> {
  const registrations = await client.chain.getContractEvents({
    address: client.addresses.modelRegistry,
    abi: modelRegistryAbi,
    eventName: 'ModelRegistered',
    args: { id: modelId },
    fromBlock: 0n,
    strict: true,
  });
  const same = registrations.filter(({ args }) => args.manifestHash === manifestHash);
  if (same.length > 0) return [...new Set(same.map(({ args }) => args.registrant))];
  throw new LichenError(
    'bad-model',
    'The gateway served a manifest that nobody registered with this model.',
    {
      got: manifestHash,
      expected: registrations.map(({ args }) => args.manifestHash).join(' or ') || 'a registered model',
      next: 'Use another gateway; the names and units of the inputs would be anybody’s word.',
    },
  );
}

async function download(client: LichenClient): Promise<PublishedModel> {
  const answer = fieldsOf('The model', await requestGateway(client.gatewayUrl, '/v1/model'));
  const blob = hexToBytes(hexAt(answer, 'blob'));
  const modelId = modelIdOf(blob);
  if (modelId !== client.config.modelId.toLowerCase()) {
    throw new LichenError('bad-model', 'The gateway served another model than the network uses.', {
      got: modelId,
      expected: client.config.modelId,
      next: 'Use another gateway; a price explained by another model means nothing.',
    });
  }
  const text = textAt(answer, 'manifestText');
  const vouchedBy = await registrantsOf(client, modelId, keccak256(stringToBytes(text)));
  const manifest = fieldsOf('The manifest of the model', JSON.parse(text)).values;
  const { card } = answer.values;
  return {
    modelId,
    blob,
    manifest,
    vouchedBy,
    card: typeof card === 'string' ? (JSON.parse(card) as unknown) : null,
    baseline: baselineOf(manifest),
  };
}

/**
 * The model behind the prices. Its weights are those whose keccak256 is the network's model id, its manifest is one that
 * was registered with it on the chain.
 * @throws LichenError `bad-model` when they are not, `bad-input` for a manifest without a baseline, `not-running`,
 * `timeout`.
 */
export function getModel(client: LichenClient): Promise<PublishedModel> {
  const known = downloads.get(client);
  if (known !== undefined) return known;
  const fresh = download(client).catch((error: unknown) => {
    downloads.delete(client);
    throw error;
  });
  downloads.set(client, fresh);
  return fresh;
}
