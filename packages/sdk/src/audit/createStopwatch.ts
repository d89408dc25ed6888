import { type AuditOptions, type AuditPartName, auditParts } from './auditReport.ts';

/** Milliseconds between two words of progress. */
const progressMs = 200;

/** Runs the parts one after the other and keeps how long each took. */
export function createStopwatch(onProgress: AuditOptions['onProgress']) {
  const took = Object.fromEntries(auditParts.map((name) => [name, 0])) as Record<AuditPartName, number>;
  let told = 0;
  return {
    took,
    part: async <Value>(
      name: AuditPartName,
      of: number | undefined,
      work: (step: (count?: number) => void) => Promise<Value> | Value,
    ): Promise<Value> => {
      let done = 0;
      onProgress?.({ part: name, done, of });
      const from = performance.now();
      const value = await work((count = 1) => {
        done += count;
        const now = performance.now();
        if (now - told < progressMs) return;
        told = now;
        onProgress?.({ part: name, done, of });
      });
      took[name] += performance.now() - from;
      onProgress?.({ part: name, done: of ?? done, of });
      return value;
    },
  };
}
