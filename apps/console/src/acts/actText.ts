/** How far an act is. Times are milliseconds from the person's touch. */
export type ActProgress =
  | { readonly what: string; readonly phase: 'preparing' | 'asking' | 'sending' }
  | { readonly what: string; readonly phase: 'accepted'; readonly acceptedMs: number }
  | {
      readonly what: string;
      readonly phase: 'final';
      readonly acceptedMs: number | null;
      readonly finalMs: number;
    }
  | { readonly what: string; readonly phase: 'failed'; readonly error: unknown };

/** `0.14 s`, `2.3 s`: two digits below ten seconds are all that a person can feel. */
export function formatMilliseconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 1000 ? 2 : 1)} s`;
}

/** Where an act stands, in a few words; an error has words of its own. */
export function actText(progress: ActProgress): string {
  switch (progress.phase) {
    case 'preparing':
      return 'One moment…';
    case 'asking':
      return 'Waiting for your passkey';
    case 'sending':
      return 'Signed. Sending…';
    case 'accepted':
      return `Accepted ${formatMilliseconds(progress.acceptedMs)} after your touch. Final with the next block…`;
    case 'final':
      // What never went to the chain is done, not final.
      return progress.acceptedMs === null
        ? 'Done'
        : `Accepted after ${formatMilliseconds(progress.acceptedMs)}, final after ${formatMilliseconds(progress.finalMs)}`;
    case 'failed':
      return 'Not done';
  }
}
