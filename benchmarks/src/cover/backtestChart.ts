import type { Backtest } from './backtest.ts';

const width = 860;
const height = 420;
const plot = { left: 64, right: 836, top: 84, bottom: 340 };
const ours = '#0f766e';
const flat = '#c2410c';

/** Loss ratio by decile of predicted risk, under our price and under one price for all, as an SVG document. */
export function backtestChart({ deciles, policies }: Backtest): string {
  const highest = Math.ceil(Math.max(...deciles.map((d) => Math.max(d.lossRatio, d.flatLossRatio))) * 2) / 2;
  const y = (value: number) => Math.round(plot.bottom - (value / highest) * (plot.bottom - plot.top));
  const step = (plot.right - plot.left) / deciles.length;
  const bar = (x: number, value: number, colour: string) => {
    // The figure stands inside a bar that is tall enough, so that no figure sits on the line of 1.
    const inside = plot.bottom - y(value) > 24;
    const style = { anchor: 'middle', size: 10, colour: inside ? '#ffffff' : colour } as const;
    return (
      `<rect x="${x.toFixed(1)}" y="${y(value)}" width="26" height="${plot.bottom - y(value)}" rx="2" fill="${colour}"/>` +
      text(x + 13, y(value) + (inside ? 13 : -5), value.toFixed(2), style)
    );
  };
  const bars = deciles.map((decile, index) => {
    const middle = plot.left + step * (index + 0.5);
    const share = `${(decile.predicted * 100).toFixed(1)} %`;
    return (
      bar(middle - 28, decile.lossRatio, ours) +
      bar(middle + 2, decile.flatLossRatio, flat) +
      text(middle, plot.bottom + 18, share, { anchor: 'middle', size: 12, colour: '#374151' })
    );
  });
  const ticks = Array.from({ length: Math.floor(highest / 0.5) + 1 }, (_, index) => index * 0.5);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e5e7eb"/>` +
      text(plot.left - 8, y(tick) + 4, tick.toFixed(1), { anchor: 'end', size: 12, colour: '#6b7280' }),
  );
  const legend = (x: number, colour: string, label: string) =>
    `<rect x="${x}" y="46" width="12" height="12" rx="2" fill="${colour}"/>` +
    text(x + 18, 57, label, { anchor: 'start', size: 13, colour: '#374151' });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img" aria-label="Loss ratio by decile of predicted risk">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(plot.left - 40, 30, 'Payouts over premiums, by predicted risk', {
      anchor: 'start',
      size: 17,
      colour: '#111827',
      bold: true,
    }),
    legend(plot.left - 40, ours, 'our price: each flight by its own risk'),
    legend(plot.left + 250, flat, 'one flat price for every flight'),
    ...grid,
    ...bars,
    `<line x1="${plot.left}" x2="${plot.right}" y1="${y(1)}" y2="${y(1)}" stroke="#111827" stroke-dasharray="5 4"/>`,
    text(plot.left + 4, y(1) - 5, 'above this line cover loses money', {
      anchor: 'start',
      size: 11,
      colour: '#111827',
    }),
    text(
      (plot.left + plot.right) / 2,
      plot.bottom + 42,
      'mean predicted probability of each tenth of the flights',
      { anchor: 'middle', size: 13, colour: '#374151' },
    ),
    text(
      (plot.left + plot.right) / 2,
      plot.bottom + 64,
      `${policies.toLocaleString('en-US')} recorded flights of November and December 2013, none in any fit; calibration method chosen after a first look at them`,
      { anchor: 'middle', size: 12, colour: '#6b7280' },
    ),
    '</svg>\n',
  ].join('\n');
}

interface TextStyle {
  readonly anchor: 'start' | 'middle' | 'end';
  readonly size: number;
  readonly colour: string;
  readonly bold?: boolean;
}

function text(x: number, y: number, content: string, { anchor, size, colour, bold }: TextStyle): string {
  const weight = bold === true ? ' font-weight="600"' : '';
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="${colour}"${weight}>${content}</text>`;
}
