import { isLichenError, LichenError, type LichenErrorCode } from '@lichen/protocol';

/** Answers that must be equal. */
const wanted = 2;
/** Failures of a source itself, which say nothing about what was asked. */
const failing: readonly LichenErrorCode[] = ['source-unavailable', 'timeout', 'internal'];

/** The refusal that two of the asked gave with one code. */
function agreedRefusal(failures: readonly unknown[]): LichenError | undefined {
  const refusals = failures.filter(isLichenError).filter(({ code }) => !failing.includes(code));
  return refusals.find(({ code }) => refusals.filter((other) => other.code === code).length >= wanted);
}

/** `2 answers, 2 different; refused: timeout` */
function told(answers: number, different: number, failures: readonly unknown[]): string {
  const codes = failures.map((error) => (isLichenError(error) ? error.code : 'internal'));
  const refused = codes.length === 0 ? '' : `; refused: ${codes.join(', ')}`;
  return `${answers} answers, ${different} different${refused}`;
}

/**
 * The value that two of the asked sources gave, as soon as they did: a dead or slow third costs nothing.
 * Values are compared by their JSON, so they must be built in one order of keys.
 * @throws LichenError what two sources refused with, such as `unknown-flight` or `bad-input`; else `sources-disagree` or
 * `source-unavailable`
 */
export function agreedBy<T>(asked: readonly Promise<T>[], what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const counts = new Map<string, number>();
    const failures: unknown[] = [];
    let open = asked.length;
    const finish = () => {
      open -= 1;
      if (open > 0) return;
      const refusal = agreedRefusal(failures);
      if (refusal !== undefined) return reject(refusal);
      const disagree = counts.size >= wanted;
      reject(
        new LichenError(
          disagree ? 'sources-disagree' : 'source-unavailable',
          disagree ? `The sources disagree about ${what}.` : `Too few sources answered about ${what}.`,
          {
            got: told(asked.length - failures.length, counts.size, failures),
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
