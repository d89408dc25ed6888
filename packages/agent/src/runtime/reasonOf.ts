import { isLichenError } from '@lichen/protocol';

/** Characters of a reason that a decision keeps: far below the 4,096 that a text may have. */
const longestReason = 600;

/** Well-formed text of a length that a decision takes. */
export function shortText(text: string, longest = longestReason): string {
  const whole = text.toWellFormed();
  // Cut before an astral character's second half: half a pair is no text.
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1).toWellFormed()}…`;
}

/** Why something failed, in one line, as a decision records it: the code, then what is known. */
export function reasonOf(error: unknown): string {
  if (!isLichenError(error)) return shortText(error instanceof Error ? error.message : String(error));
  const summary = error.message.split('\n')[0]!;
  const got = error.got === undefined ? '' : ` (${error.got})`;
  return shortText(`${error.code}: ${summary}${got}`);
}
