import type { AuditReport } from '@lichen/sdk';
import { momentOf } from './auditWords.ts';

const size = { width: 960, left: 8, right: 8, top: 26, bars: 120, lane: 22 } as const;
const inner = size.width - size.left - size.right;

/** Decisions, acts, anchors, pauses and findings over time, as an SVG that needs no script and no style but the page's. */
export function timelinePicture({ timeline, findings }: AuditReport): string {
  if (timeline === undefined) return '';
  const { from, to, steps, anchors, pauses } = timeline;
  const x = (time: number) => size.left + (inner * (time - from)) / Math.max(1, to - from);
  const width = inner / steps.length;
  const most = Math.max(1, ...steps.map(({ intents, refusals, others }) => intents + refusals + others));
  const ground = size.top + size.bars;
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * size.bars));
  const number = (value: number) => String(Math.round(value * 10) / 10);

  const bars = steps.flatMap(({ intents, refusals, others }, at) => {
    let top = ground;
    return (
      [
        ['intents', intents],
        ['refusals', refusals],
        ['others', others],
      ] as const
    ).flatMap(([name, count]) => {
      if (count === 0) return [];
      const height = tall(count);
      top -= height;
      const left = size.left + at * width;
      return [
        `<rect class="${name}" x="${number(left)}" y="${number(top)}" width="${number(Math.max(1, width - 1))}" height="${number(height)}"><title>${count} ${name}</title></rect>`,
      ];
    });
  });
  const lane = (at: number) => ground + 14 + at * size.lane;
  const mostActs = Math.max(1, ...steps.map(({ acts }) => acts));
  const acts = steps.flatMap(({ acts: count }, at) =>
    count === 0
      ? []
      : [
          `<circle class="act" cx="${number(size.left + (at + 0.5) * width)}" cy="${number(lane(0) + 8)}" r="${number(2.5 + 4 * Math.sqrt(count / mostActs))}"><title>${count} acts on the chain</title></circle>`,
        ],
  );
  const heads = anchors.map(
    (time) =>
      `<path class="anchor" d="M${number(x(time))} ${lane(1) + 2}v12"><title>a head on the chain, ${momentOf(time)}</title></path>`,
  );
  const found = findings.flatMap(({ severity, where: { at }, code }) => {
    if (at === undefined || at < from || at > to) return [];
    const [left, top] = [x(at), lane(2) + 8];
    return [
      `<path class="${severity}" d="M${number(left)} ${number(top - 6)}l6 6l-6 6l-6-6z"><title>${code}, ${momentOf(at)}</title></path>`,
    ];
  });
  const spans = pauses.map(({ from: begin, to: end }) => {
    const [left, right] = [Math.max(begin, from), Math.min(end, to)];
    return `<rect class="pause" x="${number(x(left))}" y="${size.top}" width="${number(Math.max(1, x(right) - x(left)))}" height="${size.bars}"><title>paused</title></rect>`;
  });
  const height = lane(3) + 18;
  const labels = (
    [
      ['acts', 0],
      ['heads on the chain', 1],
      ['findings', 2],
    ] as const
  ).map(
    ([name, at]) =>
      `<path class="rule" d="M${size.left} ${lane(at) - 3}h${inner}"/><text class="label" x="${size.left + 2}" y="${lane(at) + 12}">${name}</text>`,
  );
  return `<svg viewBox="0 0 ${size.width} ${height}" role="img" aria-label="Decisions, acts, anchors and findings over time">
<text class="label" x="${size.left}" y="14">decisions, at most ${most} at a time</text>
${spans.join('')}${bars.join('')}
<path class="ground" d="M${size.left} ${ground}h${inner}"/>
${labels.join('')}${acts.join('')}${heads.join('')}${found.join('')}
<text x="${size.left}" y="${height - 2}">${momentOf(from)}</text>
<text x="${size.width - size.right}" y="${height - 2}" text-anchor="end">${momentOf(to)}</text>
</svg>`;
}
