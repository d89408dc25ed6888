import type { DecisionLog } from '@lichen/journal';
import type { DecisionCheck, DecisionInput, DecisionModel } from '@lichen/protocol';
import type { RulesContext, RulesVerdict } from '@lichen/sdk';
import { askModel, modelNameOf } from './askModel.ts';
import type { RulesHolder } from './holdRules.ts';
import { keepInput } from './keepInputs.ts';
import { runtimeCheck } from './runtimeChecks.ts';
import type { AgentModel } from './types.ts';

/** What the rules said, and all that a replay needs to make them say it again. */
export interface Proposal {
  readonly verdict: RulesVerdict;
  readonly inputs: readonly DecisionInput[];
  readonly model: DecisionModel | null;
  /** Of the runtime; those of the rules are in the verdict. */
  readonly checks: readonly DecisionCheck[];
}

export interface DecideComponents {
  readonly decisions: DecisionLog;
  readonly rules: RulesHolder;
  readonly model: AgentModel | undefined;
  readonly modelMs: number;
  /** Told what the model was asked and answered, before the rules read it: they can fail at it. */
  onAnswer(asked: Pick<Proposal, 'inputs' | 'model'>): void;
}

/** Media type of an integer model's blob. */
const integerModelType = 'application/vnd.lichen.integer-model';

function keepModel(decisions: DecisionLog, model: AgentModel | undefined, at: number): DecisionInput[] {
  if (model?.kind !== 'integer') return [];
  const id = modelNameOf(model);
  const input = {
    at,
    bytes: model.blob,
    mediaType: integerModelType,
    name: 'model',
    provenance: { by: 'operator' },
    uri: `model:${id}`,
  } as const;
  return [keepInput(decisions, input)];
}

/**
 * Asks rules and model what to do about an observation.
 * @throws LichenError `bad-input`, `timeout`, `internal` of the rules; Interrupted
 */
export async function decide(
  components: DecideComponents,
  context: RulesContext,
  inputs: readonly DecisionInput[],
  signal: AbortSignal,
): Promise<Proposal> {
  const { decisions, model, modelMs } = components;
  return components.rules.use(async (rules) => {
    const question = model === undefined ? null : rules.modelInput(context);
    if (model === undefined || question === null) {
      return { verdict: rules.decide(context, null), inputs, model: null, checks: [] };
    }
    const answer = await askModel({ decisions, model, deadlineMs: modelMs }, question, signal);
    const { failure } = answer;
    const asked = {
      inputs: [...inputs, ...keepModel(decisions, model, context.time)],
      model: answer.record,
    };
    components.onAnswer(asked);
    return {
      ...asked,
      verdict: rules.decide(context, answer.output),
      checks: failure === undefined ? [] : [runtimeCheck('model', failure, 'an answer in time')],
    };
  });
}
