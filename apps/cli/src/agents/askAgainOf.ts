import { createLanguageModel, type LanguageModelInit } from '@lichen/agent';
import { type DecisionModel, LichenError } from '@lichen/protocol';
import type { AskAgain } from '@lichen/sdk';

/** Seconds for one answer. */
const patience = 120;

function settingsOf({ settings }: DecisionModel): Partial<LanguageModelInit> {
  try {
    const { maxTokens, seed, temperature } = JSON.parse(settings) as Partial<LanguageModelInit>;
    return {
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(seed === undefined ? {} : { seed }),
      ...(temperature === undefined ? {} : { temperature }),
    };
  } catch (cause) {
    throw new LichenError('bad-input', 'The settings of that model cannot be read.', {
      got: settings.slice(0, 80),
      expected: 'JSON of temperature, seed and maxTokens',
      cause,
    });
  }
}

/**
 * Asks the model of a decision again, by its recorded name and settings, at an address that the reader names.
 * @param apiKey sent to that address only
 */
export function askAgainOf(baseUrl: string, apiKey: string | undefined): AskAgain {
  return async (prompt, model) => {
    const asked = createLanguageModel({
      baseUrl,
      model: model.id.slice(model.id.indexOf('/') + 1),
      timeoutMs: patience * 1_000,
      ...settingsOf(model),
      ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
    });
    if (asked.id === model.id) return asked.ask(prompt, AbortSignal.timeout(patience * 1_000));
    throw new LichenError('bad-input', 'That is not the provider that was asked.', {
      got: asked.id,
      expected: model.id,
      next: 'Name its address with --ask.',
      retry: 'after-fix',
    });
  };
}
