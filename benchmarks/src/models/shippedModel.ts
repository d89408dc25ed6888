import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  badOf,
  type Evaluation,
  evaluate,
  loadRecord,
  periods,
  predictRows,
  type QuoteSamples,
  quoteSamples,
  rowsInMonths,
} from '@lichen/node';
import { decodeModel } from '@lichen/protocol';

export interface ShippedPredictions {
  readonly samples: QuoteSamples;
  /** Probability of the shipped model for each held-out flight, parts per million. */
  readonly ppm: Uint32Array;
  /** 1 where the held-out flight came 60 or more minutes late, was cancelled or diverted. */
  readonly bad: Uint8Array;
  readonly heldOut: Evaluation;
}

/** Runs the shipped model, read from its file, over every held-out flight of the record. */
export function shippedPredictions(): ShippedPredictions {
  const data = fileURLToPath(new URL('../../../applications/flight-cover/data', import.meta.url));
  const samples = quoteSamples(loadRecord(data));
  const model = decodeModel(readFileSync(`${data}/model/flight-delay.model.bin`));
  const rows = rowsInMonths(samples, periods.heldOut);
  const ppm = predictRows(model, samples, rows);
  const bad = badOf(samples, rows);
  return { samples, ppm, bad, heldOut: evaluate(ppm, bad) };
}
