import type { AuditSample } from './auditReport.ts';

/** Whether an entry is one of so many that are looked at: by chance, so that nobody knows before which. */
export function samplerOf(sample: AuditSample, size: number): (index: number) => boolean {
  if (sample === 'all' || sample >= size) return () => true;
  if (sample <= 0) return () => false;
  const chosen = new Set<number>();
  const word = new Uint32Array(2);
  while (chosen.size < sample) {
    crypto.getRandomValues(word);
    chosen.add((word[0]! * 2 ** 21 + (word[1]! >>> 11)) % size);
  }
  return (index) => chosen.has(index);
}
