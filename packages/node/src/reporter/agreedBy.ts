import { isLichenError, LichenError } from '@lichen/protocol';

/** Answers that must be equal. */
const wanted = 2;

/**
 * The value that two of the asked sources gave, as soon as they did: a dead or slow third costs nothing.
 * Values are compared by their JSON, so they must be built in one order of keys.
 * @throws LichenError `unknown-flight` when two say so, `sources-disagree`, `source-unavailable`
 */
export function agreedBy<T>(asked: readonly Promise<T>[], what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const counts = new Map<string, number>();
    const failures: unknown[] = [];
    let open = asked.length;
    const finish = () => {
      open -= 1;
      if (open > 0) return;
      const unknown = failures.filter((error) => isLichenError(error) && error.code === 'unknown-flight');
      if (unknown.length >= wanted) return reject(unknown[0]);
      const disagree = counts.size >= wanted;
      reject(
        new LichenError(
          disagree ? 'sources-disagree' : 'source-unavailable',
          disagree ? `The sources disagree about ${what}.` : `Too few sources answered about ${what}.`,
          {
            got: `${asked.length - failures.length} answers, ${counts.size} different`,
            expected: 'two equal ones',
            next: 'Try again in a few seconds.',
            retry: 'later',
            ...(failures.length === 0 ? {} : { cause: failures[0] }),
          },
        ),
      );
    };
    for (const promise of asked) {
      promise
        .then(
          (value) => {
            const key = JSON.stringify(value) ?? 'undefined';
            const count = (counts.get(key) ?? 0) + 1;
            counts.set(key, count);
            if (count >= wanted) resolve(value);
          },
          (error: unknown) => {
            failures.push(error);
          },
        )
        .finally(finish);
    }
    if (asked.length === 0) {
      open = 1;
      finish();
    }
  });
}
