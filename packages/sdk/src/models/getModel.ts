import { LichenError, modelIdOf } from '@lichen/protocol';
import { type Hex, hexToBytes } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fieldsOf, hexAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { baselineOf } from './baselineOf.ts';

/** A model with its papers, its weights checked against the id that the chain names. */
export interface PublishedModel {
  readonly modelId: Hex;
  readonly blob: Uint8Array;
  /** Feature names in order, units, quantisation, provenance of the training and metrics. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** What people should know before they rely on it: how it did on flights it never saw. Null when none is published. */
  readonly card: unknown;
  /** The typical input that explanations compare with, from the manifest. */
  readonly baseline: Uint8Array;
}

/** A model never changes under its id, so one download per client is enough. */
const downloads = new WeakMap<LichenClient, Promise<PublishedModel>>();

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
  const manifest = fieldsOf('The manifest of the model', answer.values.manifest).values;
  const { card } = answer.values;
  return {
    modelId,
    blob,
    manifest,
    card: typeof card === 'string' ? (JSON.parse(card) as unknown) : null,
    baseline: baselineOf(manifest),
  };
}

/**
 * The model behind the prices. Its weights are those whose keccak256 is the network's model id.
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
