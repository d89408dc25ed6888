import { isLichenError, type LichenErrorCode } from '@lichen/protocol';

// What to do when the error itself does not say it. Codes that only an operator can meet share the last sentence.
const nextSteps: Partial<Record<LichenErrorCode, string>> = {
  'flight-departed': 'Choose a flight that has not left yet.',
  'sales-closed': 'Choose a flight that leaves later.',
  'forecast-moved': 'Get a new quote: the weather changed after this one.',
  'quote-expired': 'Get a new quote.',
  'quote-replayed': 'Get a new quote to buy a second cover.',
  'price-moved': 'Look at the new price and buy again if you still want it.',
  'too-little-money': 'Press “Get play money” at the top, then try again.',
  'sponsor-exhausted': 'The free operations of today are used up. They refill with time: try again later.',
  'bundler-unreachable': 'Wait a few seconds: the bundler is started again by itself.',
  'wrong-passkey': 'Choose the passkey of the account that the page shows.',
  'passkey-cancelled': 'Try again, and confirm with your finger, face or screen lock.',
  'passkey-unsupported': 'Use another device or another browser.',
  'mandate-denied': 'Let the agent act within other bounds on the page “Who may act for me”.',
  'mandate-spent': 'Wait until its window has passed, or raise its bounds.',
  'mandate-expired': 'Let the agent act again on the page “Who may act for me”.',
  'mandate-revoked': 'Let the agent act again on the page “Who may act for me”.',
  'mandate-paused': 'Let it go on, on the page “Who may act for me”.',
  'recovery-refused': 'Look at the page “Guardians” for where the recovery stands.',
  'pool-exhausted': 'Choose a smaller payout: the pool cannot back more right now.',
  'exposure-limit': 'Choose a smaller payout or another flight: too much rides on this one already.',
  'oracle-silent': 'Wait a few seconds: selling goes on as soon as reporters report again.',
  'source-unavailable': 'Wait a few seconds and try again.',
  'no-quorum': 'Wait a few seconds: too few reporters answered.',
  'chain-unreachable': 'Check on the Network page that the chain runs, then try again.',
  timeout: 'Try again in a few seconds.',
};

export interface Explanation {
  readonly summary: string;
  readonly next: string;
}

/** One sentence that says what happened and one that says what to do, of any thrown value. */
export function explainError(error: unknown): Explanation {
  if (isLichenError(error)) {
    return {
      summary: error.message.split('\n')[0] ?? error.message,
      next: error.next ?? nextSteps[error.code] ?? 'Look at the Network page: a part may need a restart.',
    };
  }
  if (error instanceof TypeError && /dynamically imported|module script/i.test(error.message)) {
    return { summary: 'A newer version of the console is here.', next: 'Reload the page.' };
  }
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) {
    return { summary: 'The network does not answer.', next: 'Start it with “npm start”, then try again.' };
  }
  return {
    summary: 'Something went wrong that Lichen did not expect.',
    next: 'Reload the page. If it happens again, look at the Network page.',
  };
}
