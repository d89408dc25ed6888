// The shipped integer model against gradient-boosted trees on the same features, on flights neither has seen.
// The rival needs scikit-learn: python3 -m venv benchmarks/.venv && benchmarks/.venv/bin/pip install scikit-learn
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { calibrationByDecile } from '@lichen/node';
import { type ShippedPredictions, shippedPredictions } from './shippedModel.ts';

const python = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const script = fileURLToPath(new URL('./sklearn_hgb.py', import.meta.url));
const results = fileURLToPath(new URL('../../results/flight-delay', import.meta.url));

interface Rival {
  readonly name: string;
  readonly auc: number;
}

function runRival({ samples }: ShippedPredictions): Rival | null {
  if (!existsSync(python)) return null;
  mkdirSync(results, { recursive: true });
  writeFileSync(`${results}/features.bin`, samples.features);
  writeFileSync(`${results}/bad.bin`, samples.bad);
  writeFileSync(`${results}/month.bin`, samples.month);
  try {
    return JSON.parse(
      execFileSync(python, [script, results], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return null;
  }
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const shipped = shippedPredictions();
const rival = runRival(shipped);
if (rival === null) {
  print({ name: 'flight-delay AUC gap', skipped: 'scikit-learn is not installed in benchmarks/.venv' });
} else {
  const gap = rounded(rival.auc - shipped.heldOut.auc);
  const value = { name: 'flight-delay AUC gap', value: gap, unit: 'AUC', bar: '<= 0.01', holds: gap <= 0.01 };
  print({ ...value, ours: shipped.heldOut.auc, rival: { name: rival.name, auc: rival.auc } });
}
const errors = calibrationByDecile(shipped.ppm, shipped.bad).map(
  ({ predicted, observed }) => Math.abs(predicted - observed) / predicted,
);
const worst = Math.max(...errors);
print({
  name: 'flight-delay worst decile error',
  value: rounded(100 * worst),
  unit: '% of the predicted share',
  bar: '<= 15',
  holds: worst <= 0.15,
  deciles: errors.map((error) => rounded(100 * error)),
});
