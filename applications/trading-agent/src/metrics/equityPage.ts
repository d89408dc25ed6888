import type { EquityPoint } from '../book/createLedger.ts';

const size = { width: 1_100, height: 460, left: 70, right: 20, top: 20, bottom: 40 } as const;
const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
const unit = 1e6;

/** The equity of a run beside buy and hold, with a mark at each order, as one HTML file that needs nothing else. */
export function equityPage(points: readonly EquityPoint[], title: string, text: string): string {
  const values = points.flatMap(({ equity, hold }) => [Number(equity) / unit, Number(hold) / unit]);
  const [low, high] = [Math.min(...values) * 0.98, Math.max(...values) * 1.02];
  const x = (at: number) =>
    size.left + ((size.width - size.left - size.right) * at) / Math.max(1, points.length - 1);
  const y = (value: number) =>
    size.top + ((size.height - size.top - size.bottom) * (high - value)) / Math.max(1e-9, high - low);
  const line = (of: (point: EquityPoint) => bigint) =>
    points
      .map(
        (point, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)},${y(Number(of(point)) / unit).toFixed(1)}`,
      )
      .join('');
  const marks = points
    .map((point, at) =>
      point.kind === 'intent'
        ? `<circle cx="${x(at).toFixed(1)}" cy="${y(Number(point.equity) / unit).toFixed(1)}" r="3" class="${point.choice.startsWith('buy') ? 'buy' : 'sell'}"><title>${escaped(`${point.day}: ${point.choice}`)}</title></circle>`
        : '',
    )
    .join('');
  const ticks = [0, 1, 2, 3, 4].map((at) => low + ((high - low) * at) / 4);
  const yearAt = points.flatMap((point, at) =>
    at > 0 && point.day.slice(0, 4) !== points[at - 1]!.day.slice(0, 4)
      ? [{ at, year: point.day.slice(0, 4) }]
      : [],
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1120px;padding:0 1rem;color:#1c2b22;background:#fbfcf9}
pre{font:13px/1.5 ui-monospace,monospace;overflow-x:auto}
.equity{fill:none;stroke:#2f6f4f;stroke-width:1.6}.hold{fill:none;stroke:#a08b5b;stroke-width:1.2;stroke-dasharray:4 3}
.buy{fill:#2f6f4f}.sell{fill:#b4552d}text{font-size:11px;fill:#55645b}.grid{stroke:#e0e6df}
</style></head><body>
<h1>${escaped(title)}</h1>
<p>Recorded prices, play money, a synthetic pool: no offer and no promise. Solid: the agent. Dashed: buy and hold. Dots: orders.</p>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Equity beside buy and hold">
${ticks.map((value) => `<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text x="${size.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${Math.round(value).toLocaleString('en-US')}</text>`).join('')}
${yearAt.map(({ at, year }) => `<text x="${x(at).toFixed(1)}" y="${size.height - 12}" text-anchor="middle">${year}</text>`).join('')}
<path class="hold" d="${line(({ hold }) => hold)}"/><path class="equity" d="${line(({ equity }) => equity)}"/>${marks}
</svg>
<pre>${escaped(text)}</pre>
</body></html>
`;
}
