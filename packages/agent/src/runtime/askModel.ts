import type { DecisionLog } from '@lichen/journal';
import { type DecisionModel, LichenError, modelIdOf } from '@lichen/protocol';
import { integerModelOutput, type ModelValue } from '@lichen/sdk';
import { reasonOf } from './reasonOf.ts';
import type { AgentModel } from './types.ts';
import { Interrupted, withDeadline } from './withDeadline.ts';

export interface ModelAnswer {
  readonly record: DecisionModel;
  /** Null: it did not answer. */
  readonly output: ModelValue | null;
  /** Why there is no answer; absent where there is one. */
  readonly failure?: string;
}

const utf8 = new TextEncoder();

/** The content address of an integer model, or provider and name of a language model. */
export function modelNameOf(model: AgentModel): string {
  return model.kind === 'integer' ? modelIdOf(model.blob) : model.id;
}

export function modelSettingsOf(model: AgentModel): string {
  return model.kind === 'integer' ? '' : model.settings;
}

function wrongInput(got: string, expected: string): LichenError {
  return new LichenError('bad-input', 'The rules and the model do not fit each other.', {
    got,
    expected,
    next: 'Use the model that the rules were written for.',
    retry: 'after-fix',
  });
}

/**
 * Asks the model and keeps what it was given and what it answered. A language model that fails or takes too long answers
 * null: what then is for the rules to say.
 * @throws LichenError `bad-input` when the rules give it what a model of its kind cannot read; `bad-model`; Interrupted
 */
export async function askModel(
  { decisions, model, deadlineMs }: { decisions: DecisionLog; model: AgentModel; deadlineMs: number },
  input: ModelValue,
  parent: AbortSignal,
): Promise<ModelAnswer> {
  let output: ModelValue | null;
  let failure: string | undefined;
  if (model.kind === 'integer') {
    if (typeof input === 'string') throw wrongInput('text', 'integers, since the model is an integer model');
    output = integerModelOutput(model.blob, input);
  } else {
    if (typeof input !== 'string')
      throw wrongInput('integers', 'a prompt, since the model is a language model');
    try {
      output = await withDeadline('The model', deadlineMs, (signal) => model.ask(input, signal), parent);
      if (typeof output !== 'string') throw wrongInput(`an answer of type ${typeof output}`, 'text');
      output = output.toWellFormed();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      output = null;
      failure = reasonOf(error);
    }
  }
  const keep = (value: ModelValue | null) => decisions.keep(utf8.encode(JSON.stringify(value)));
  const record: DecisionModel = {
    id: modelNameOf(model),
    input: keep(input),
    kind: model.kind,
    output: keep(output),
    settings: modelSettingsOf(model),
  };
  return failure === undefined ? { record, output } : { record, output, failure };
}
