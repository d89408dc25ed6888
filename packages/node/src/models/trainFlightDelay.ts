import type { IntegerModel } from '@lichen/protocol';
import { encodeModel, featureDefinitions, featureNames, modelIdOf } from '@lichen/protocol';
import { bytesToHex, type Hex, keccak256 } from 'viem';
import type { FlightRecord } from '../record/loadRecord.ts';
import { calibrateOutOfFold } from './calibrateOutOfFold.ts';
import { exportModel } from './exportModel.ts';

import { type ModelCard, modelCard } from './modelCard.ts';
import { periods, rowsInMonths } from './periods.ts';
import { quoteSamples } from './quoteSamples.ts';
import { trainingPlan, trainNetwork } from './trainNetwork.ts';

export interface FlightDelayManifest {
  readonly name: 'flight-delay';
  readonly format: 'LIM1';
  readonly modelId: Hex;
  readonly target: string;
  readonly outputUnit: 'parts per million';
  readonly features: readonly { name: string; label: string; unit: string; rule: string }[];
  /** The mean flight of the training months, 16 bytes: the baseline of Shapley values. */
  readonly baseline: Hex;
  readonly training: typeof trainingPlan & {
    readonly periods: typeof periods;
    readonly recordSha256: string;
  };
  readonly metrics: Pick<ModelCard, 'heldOut' | 'quantisation'>;
}

export interface TrainedModel {
  readonly model: IntegerModel;
  readonly blob: Uint8Array;
  readonly modelId: Hex;
  readonly manifest: FlightDelayManifest;
  /** The bytes of manifest.json. */
  readonly manifestBytes: Uint8Array;
  readonly manifestHash: Hex;
  readonly card: ModelCard;
}

export interface TrainingProgress {
  readonly step: 'features' | 'training' | 'calibration' | 'evaluation';
  /** 0 to 1 over the whole run. */
  readonly done: number;
  readonly detail: string;
}

/**
 * Trains the flight-delay model from the record; the same blob to the byte on every machine (55 s on one core).
 * Training months teach it, tuning months choose the pass, the calibration comes from months unseen by the network that
 * scores them, and held-out months are only measured for the card.
 */
export async function trainFlightDelay(init: {
  readonly record: FlightRecord;
  readonly onProgress?: (progress: TrainingProgress) => void;
}): Promise<TrainedModel> {
  const { record } = init;
  const report = (step: TrainingProgress['step'], done: number, detail: string) =>
    init.onProgress?.({ step, done, detail });
  report('features', 0, `${record.count} flights`);
  const samples = quoteSamples(record);
  const network = await trainNetwork(
    samples,
    rowsInMonths(samples, periods.train),
    rowsInMonths(samples, periods.tune),
    trainingPlan,
    ({ epoch, epochs, trainLogLoss, tuneAuc }) =>
      report(
        'training',
        0.06 + (0.16 * epoch) / epochs,
        `pass ${epoch} of ${epochs}: log-loss ${trainLogLoss.toFixed(4)}, tuning AUC ${tuneAuc.toFixed(4)}`,
      ),
  );
  const knots = await calibrateOutOfFold(samples, trainingPlan, (fold, folds) =>
    report(
      'calibration',
      0.22 + (0.74 * fold) / folds,
      `months ${2 * fold - 1} and ${2 * fold}, ${fold} of ${folds}`,
    ),
  );
  const model = { ...exportModel(network.parameters, network.centre), knots };
  report('evaluation', 0.97, 'all months');
  const card = modelCard(record, samples, model, network);
  report('evaluation', 1, `held-out AUC ${card.heldOut.auc}`);
  return packed(model, card, network.centre, record);
}

function packed(
  model: IntegerModel,
  card: ModelCard,
  baseline: Uint8Array,
  record: FlightRecord,
): TrainedModel {
  const blob = encodeModel(model);
  const modelId = modelIdOf(blob);
  const manifest: FlightDelayManifest = {
    name: 'flight-delay',
    format: 'LIM1',
    modelId,
    target: card.target,
    outputUnit: 'parts per million',
    features: featureNames.map((name) => {
      const { label, scale } = featureDefinitions[name];
      return { name, label, unit: scale.unit, rule: scale.rule };
    }),
    baseline: bytesToHex(baseline),
    training: { ...trainingPlan, periods, recordSha256: record.provenance.files[0]!.contentSha256 },
    metrics: { heldOut: card.heldOut, quantisation: card.quantisation },
  };
  const manifestBytes = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
  return { model, blob, modelId, manifest, manifestBytes, manifestHash: keccak256(manifestBytes), card };
}
