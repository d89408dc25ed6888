import type { AnchoredHead } from './accountEvents.ts';
import type { AuditTimeline } from './auditReport.ts';
import type { JournalMemory } from './journalMemory.ts';
import type { ChainAct } from './readActs.ts';

const mostSteps = 120;

/** Decisions and acts over time, for a picture; undefined where there is nothing to show. */
export function timelineOf(
  memory: JournalMemory,
  acts: readonly ChainAct[],
  heads: readonly AnchoredHead[],
): AuditTimeline | undefined {
  const { at, what } = memory.times();
  let [from, to] = [Number.MAX_SAFE_INTEGER, 0];
  const widen = (time: number) => {
    // What is no date a calendar knows is left out of the picture.
    if (time <= 0 || time > 8e15) return;
    from = Math.min(from, time);
    to = Math.max(to, time);
  };
  for (const time of at) widen(time);
  for (const { time } of acts) widen(time * 1_000);
  if (to < from) return undefined;
  const width = Math.max(1, to - from);
  const count = Math.max(1, Math.min(mostSteps, at.length));
  const steps = Array.from({ length: count }, () => ({ intents: 0, refusals: 0, others: 0, acts: 0 }));
  const stepAt = (time: number) =>
    steps[Math.max(0, Math.min(count - 1, Math.floor(((time - from) / width) * count)))]!;
  for (const [index, time] of at.entries()) {
    const step = stepAt(time);
    if (what[index] === 0) step.intents += 1;
    else if (what[index] === 1) step.refusals += 1;
    else step.others += 1;
  }
  for (const { time } of acts) stepAt(time * 1_000).acts += 1;
  return {
    from,
    to,
    steps,
    anchors: heads.map(({ time }) => time * 1_000).filter((time) => time >= from && time <= to),
    pauses: memory.pauses.map((pause) => ({ from: pause.from, to: pause.to ?? to })),
  };
}
