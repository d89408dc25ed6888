import { areaUnderCurve } from './areaUnderCurve.ts';
import { exactLog } from './exactMath.ts';

/** How well probabilities met what happened. Shares and errors are rounded to 6 places. */
export interface Evaluation {
  readonly count: number;
  /** Mean probability and share of bad flights. */
  readonly predicted: number;
  readonly observed: number;
  readonly auc: number;
  /** Mean squared error. */
  readonly brier: number;
  readonly logLoss: number;
}

export interface CalibrationGroup {
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** @param ppm predicted probabilities in parts per million. */
export function evaluate(ppm: ArrayLike<number>, bad: ArrayLike<number>): Evaluation {
  let brier = 0;
  let loss = 0;
  for (let i = 0; i < ppm.length; i++) {
    const probability = ppm[i]! / 1e6;
    const error = bad[i]! - probability;
    brier += error * error;
    loss -= exactLog(Math.max(1e-6, bad[i] === 1 ? probability : 1 - probability));
  }
  return {
    ...calibrationOf(ppm, bad),
    auc: rounded(areaUnderCurve(ppm, bad)),
    brier: rounded(brier / ppm.length),
    logLoss: rounded(loss / ppm.length),
  };
}

/** Mean prediction against the share that happened. */
export function calibrationOf(ppm: ArrayLike<number>, bad: ArrayLike<number>): CalibrationGroup {
  let predicted = 0;
  let observed = 0;
  for (let i = 0; i < ppm.length; i++) {
    predicted += ppm[i]!;
    observed += bad[i]!;
  }
  return {
    count: ppm.length,
    predicted: rounded(predicted / 1e6 / ppm.length),
    observed: rounded(observed / ppm.length),
  };
}

/** Ten groups of equal size by predicted probability, lowest first; ties fall by position. */
export function decilesOf(ppm: ArrayLike<number>): Uint32Array[] {
  const order = Uint32Array.from({ length: ppm.length }, (_, index) => index);
  order.sort((a, b) => ppm[a]! - ppm[b]! || a - b);
  return Array.from({ length: 10 }, (_, decile) =>
    order.slice(Math.floor((decile * order.length) / 10), Math.floor(((decile + 1) * order.length) / 10)),
  );
}

/** The calibration of each decile of predicted probability. */
export function calibrationByDecile(ppm: ArrayLike<number>, bad: ArrayLike<number>): CalibrationGroup[] {
  return decilesOf(ppm).map((members) =>
    calibrationOf(
      Array.from(members, (index) => ppm[index]!),
      Array.from(members, (index) => bad[index]!),
    ),
  );
}

/** The calibration of each group, by the name `nameAt` gives to a position; names in order. */
export function calibrationBy(
  ppm: ArrayLike<number>,
  bad: ArrayLike<number>,
  nameAt: (index: number) => string,
): Record<string, CalibrationGroup> {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < ppm.length; i++) {
    const name = nameAt(i);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [i]);
    else members.push(i);
  }
  return Object.fromEntries(
    [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, members]) => [
        name,
        calibrationOf(
          members.map((index) => ppm[index]!),
          members.map((index) => bad[index]!),
        ),
      ]),
  );
}
