import type { DecisionLog } from '@lichen/journal';
import { blobHashOf, type DecisionInput } from '@lichen/protocol';
import { modelNameOf, modelSettingsOf } from './askModel.ts';
import type { AgentModel } from './types.ts';

/** What decides: when it changes between two runs, a `change` says so. */
export interface AgentConfiguration {
  readonly rules: { readonly sha256: string; readonly version: string };
  readonly model: { readonly kind: string; readonly id: string; readonly settings: string } | null;
}

/** Name of the input that a `change` has it in. */
export const configurationName = 'configuration';

export function configurationOf(
  rulesCode: Uint8Array,
  rulesVersion: string,
  model: AgentModel | undefined,
): AgentConfiguration {
  return {
    rules: { sha256: blobHashOf(rulesCode), version: rulesVersion },
    model:
      model === undefined
        ? null
        : { kind: model.kind, id: modelNameOf(model), settings: modelSettingsOf(model) },
  };
}

/** Keeps a configuration beside the journal; the line in the decision names its hash, which is what is compared. */
export function keepConfiguration(
  decisions: DecisionLog,
  configuration: AgentConfiguration,
  at: number,
): DecisionInput {
  const bytes = new TextEncoder().encode(JSON.stringify(configuration));
  return {
    at,
    isPrivate: false,
    mediaType: 'application/json',
    name: configurationName,
    provenance: { by: 'operator' },
    sha256: decisions.keep(bytes),
    uri: 'agent:configuration',
  };
}
