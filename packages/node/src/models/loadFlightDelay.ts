import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, LichenError, modelIdOf } from '@lichen/protocol';
import { type Hex, keccak256 } from 'viem';
import type { ModelCard } from './modelCard.ts';
import type { FlightDelayManifest, TrainedModel } from './trainFlightDelay.ts';

/**
 * The shipped model in `dataDir`/model, with its manifest and card.
 * @throws LichenError `not-found` when a file is missing, `bad-model` when the blob is malformed or not the one that
 * the manifest names.
 */
export function loadFlightDelay(dataDir: string): TrainedModel {
  const blob = readBytes(dataDir, 'flight-delay.model.bin');
  const manifestBytes = readBytes(dataDir, 'manifest.json');
  const manifest = parse<FlightDelayManifest>(manifestBytes);
  const modelId: Hex = modelIdOf(blob);
  if (manifest.modelId !== modelId) {
    throw new LichenError('bad-model', 'The flight-delay model is not the one that its manifest names.', {
      got: modelId,
      expected: manifest.modelId,
      next: 'Restore applications/flight-cover/data/model, or train it again with tools/data/train-flight-delay.ts.',
      retry: 'after-fix',
    });
  }
  const card = parse<ModelCard>(readBytes(dataDir, 'card.json'));
  return {
    model: decodeModel(blob),
    blob,
    modelId,
    manifest,
    manifestBytes,
    manifestHash: keccak256(manifestBytes),
    card,
  };
}

function parse<Value>(bytes: Uint8Array): Value {
  return JSON.parse(new TextDecoder().decode(bytes)) as Value;
}

function readBytes(dataDir: string, name: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(join(dataDir, 'model', name)));
  } catch (cause) {
    throw new LichenError('not-found', `The flight-delay model lacks ${name}.`, {
      got: (cause as NodeJS.ErrnoException).code ?? String(cause),
      expected: `a readable file ${name} in ${join(dataDir, 'model')}`,
      next: 'Point to applications/flight-cover/data of a complete checkout.',
      retry: 'after-fix',
      cause,
    });
  }
}
