import {
  blobHashOf,
  calibrate,
  type Decision,
  type DecisionModel,
  decodeModel,
  inferRawAll,
  LichenError,
  modelIdOf,
} from '@lichen/protocol';
import type { Difference } from './difference.ts';
import { type BlobSource, readBlob } from './readBlobs.ts';
import { failed, passed, type ReplayReport, type ReplayStep, reasonOf, skipped } from './replayReport.ts';
import type { ModelValue } from './rules.ts';
import { wordsInCommon } from './wordsInCommon.ts';

/** What the model step came to. */
export interface ModelReplay {
  readonly step: ReplayStep;
  readonly grade: ReplayReport['grade'];
  /** What to give the rules; undefined: nothing is known, so that the verdict cannot be run. */
  readonly output: ModelValue | null | undefined;
}

/** Asks a language model again. The reply is text. */
export type AskAgain = (prompt: string, model: DecisionModel) => Promise<string>;

const utf8 = new TextEncoder();
const ofUtf8 = new TextDecoder('utf-8', { fatal: true });

/** SHA-256 under which a decision refers to what a model was given or answered: of the UTF-8 bytes of its JSON. */
export function modelValueHash(value: ModelValue | null): string {
  return blobHashOf(utf8.encode(JSON.stringify(value)));
}

/**
 * What an integer model answers: each output, on the model's calibration curve.
 * @throws LichenError `bad-model`, `bad-input`
 */
export function integerModelOutput(blob: Uint8Array, input: readonly number[]): number[] {
  // A Uint8Array would take 256 for 0.
  if (!input.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) {
    throw new LichenError('bad-input', 'An input of the model is out of range.', { expected: '0 to 127' });
  }
  const model = decodeModel(blob);
  return Array.from(inferRawAll(model, Uint8Array.from(input)), (raw) => calibrate(model.knots, raw));
}

type Output = { readonly value: ModelValue | null } | { readonly why: string; readonly isDamaged: boolean };

async function recordedOutput(source: BlobSource, { output, kind }: DecisionModel): Promise<Output> {
  const read = await readBlob(source, output);
  if (read.state !== 'found') {
    const isDamaged = read.state === 'damaged';
    return { why: `the model's recorded output ${output} is ${read.state}`, isDamaged };
  }
  try {
    const value: unknown = JSON.parse(ofUtf8.decode(read.bytes));
    const isOfKind =
      kind === 'language'
        ? value === null || typeof value === 'string'
        : Array.isArray(value) && value.every((item) => Number.isSafeInteger(item));
    if (isOfKind) return { value: value as ModelValue | null };
  } catch {}
  return { why: `the model's recorded output ${output} is none of a ${kind} model`, isDamaged: true };
}

const difference = (path: string, got: string, expected: string): Difference => ({ path, got, expected });

/**
 * Looks at the model of a decision: that the rules ask what was asked, and, where the model is an integer network, that it
 * answers what was answered.
 * @param question what the rules ask now; null: nothing
 */
export async function replayModel(
  decision: Decision,
  question: ModelValue | null,
  source: BlobSource,
  inputBlobs: ReadonlyMap<string, Uint8Array>,
  askAgain?: AskAgain | undefined,
): Promise<ModelReplay> {
  const { model } = decision;
  if (model === null) {
    return {
      step:
        question === null
          ? passed('model', 'the rules ask none')
          : skipped('model', 'the rules would ask a model; by the record none was asked'),
      grade: 'A',
      output: null,
    };
  }
  const asked = question === null ? undefined : modelValueHash(question);
  const isOfKind = question === null || (typeof question === 'string') === (model.kind === 'language');
  if (asked !== model.input || !isOfKind) {
    const expected =
      question === null ? 'no question' : `${asked} (${JSON.stringify(question).slice(0, 120)})`;
    const given = await recordedOutput(source, model);
    return {
      step: failed('model', 'the rules ask the model something else', [
        difference('model.input', model.input, expected),
      ]),
      grade: 'B',
      output: 'value' in given ? given.value : undefined,
    };
  }
  return model.kind === 'integer'
    ? replayInteger(decision, model, question as readonly number[], source, inputBlobs)
    : replayLanguage(model, question as string, source, askAgain);
}

async function replayInteger(
  { inputs }: Decision,
  model: DecisionModel,
  question: readonly number[],
  source: BlobSource,
  inputBlobs: ReadonlyMap<string, Uint8Array>,
): Promise<ModelReplay> {
  const kept = inputs.find(({ name }) => name === 'model');
  const blob = kept && inputBlobs.get(kept.sha256);
  const given = await recordedOutput(source, model);
  if (blob === undefined) {
    return {
      step: skipped('model', 'the model itself is missing: its recorded output was used'),
      grade: 'B',
      output: 'value' in given ? given.value : undefined,
    };
  }
  const id = modelIdOf(blob);
  if (id !== model.id) {
    return {
      step: failed('model', 'that is another model', [difference('model.id', model.id, id)]),
      grade: 'B',
      output: 'value' in given ? given.value : undefined,
    };
  }
  let output: number[];
  try {
    output = integerModelOutput(blob, question);
  } catch (error) {
    return {
      step: failed('model', 'the model does not take that input', [
        difference('model.output', model.output, reasonOf(error)),
      ]),
      grade: 'B',
      output: 'value' in given ? given.value : undefined,
    };
  }
  const wrong: Difference[] = [];
  const hash = modelValueHash(output);
  if (hash !== model.output) {
    const recorded = 'value' in given ? ` (${JSON.stringify(given.value).slice(0, 120)})` : '';
    wrong.push(
      difference(
        'model.output',
        `${model.output}${recorded}`,
        `${hash} (${JSON.stringify(output).slice(0, 120)})`,
      ),
    );
  } else if ('why' in given && given.isDamaged) {
    wrong.push(difference('model.output', given.why, 'the bytes that were recorded'));
  }
  if (model.settings !== '') wrong.push(difference('model.settings', model.settings.slice(0, 100), 'none'));
  return {
    step:
      wrong.length === 0
        ? passed('model', `the integer model answers ${JSON.stringify(output).slice(0, 60)} again`)
        : failed('model', 'the model answers something else', wrong),
    grade: 'A',
    output,
  };
}

async function replayLanguage(
  model: DecisionModel,
  prompt: string,
  source: BlobSource,
  askAgain?: AskAgain | undefined,
): Promise<ModelReplay> {
  const given = await recordedOutput(source, model);
  if (askAgain === undefined) {
    if ('why' in given) {
      const step = given.isDamaged
        ? failed('model', given.why, [difference('model.output', given.why, model.output)])
        : skipped('model', given.why);
      return { step, grade: null, output: undefined };
    }
    const note =
      given.value === null
        ? 'by the record it did not answer'
        : `the rules ask what was asked; what ${model.id} answered is taken from the record`;
    return { step: passed('model', note), grade: 'B', output: given.value };
  }
  let again: string;
  try {
    again = (await askAgain(prompt, model)).toWellFormed();
  } catch (error) {
    return {
      step: skipped('model', `the model could not be asked again: ${reasonOf(error)}`),
      grade: null,
      output: undefined,
    };
  }
  if ('why' in given || given.value === null) {
    const why = 'why' in given ? given.why : 'by the record it did not answer';
    return {
      step: skipped('model', `asked again, nothing to compare with: ${why}`),
      grade: 'C',
      output: again,
    };
  }
  const recorded = String(given.value);
  const step =
    again === recorded
      ? passed('model', 'asked again, it answered the same text; that proves nothing about the first time')
      : failed(
          'model',
          `asked again, it answered otherwise, ${wordsInCommon(recorded, again)} % of the words in common`,
          [
            difference(
              'model.output',
              JSON.stringify(recorded).slice(0, 200),
              JSON.stringify(again).slice(0, 200),
            ),
          ],
        );
  return { step, grade: 'C', output: again };
}
