import { isLichenError } from '@lichen/protocol';
import { openRules, type Rules } from '@lichen/sdk';

/** Rules in a sandbox that is opened again when it has broken. */
export interface RulesHolder {
  /** Calls work with the rules. @throws LichenError of the rules */
  use<T>(work: (rules: Rules) => Promise<T>): Promise<T>;
  dispose(): void;
}

/**
 * Opens rules and holds them. An input that breaks the interpreter costs the decision that it came with, not those after it.
 * @throws LichenError `bad-input`, `timeout` when they cannot be loaded
 */
export async function holdRules(code: Uint8Array): Promise<RulesHolder> {
  let held: Rules | undefined = await openRules(code);
  return {
    use: async (work) => {
      held ??= await openRules(code);
      try {
        return await work(held);
      } catch (error) {
        if (!isLichenError(error) || error.code === 'internal') {
          held?.dispose();
          held = undefined;
        }
        throw error;
      }
    },
    dispose: () => {
      held?.dispose();
      held = undefined;
    },
  };
}
