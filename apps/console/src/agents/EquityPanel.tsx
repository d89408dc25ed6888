import type { EquityPoint } from '@lichen/sdk';
import { SegmentedControl, Skeleton } from '@mantine/core';
import { lazy, Suspense, useId, useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { formatMoney } from '../format/money.ts';
import { formatShares } from '../journal/amountText.ts';
import { briefText } from '../journal/decisionWords.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import classes from './agents.module.css';
import { changeOf, comparedText, curveOf, formatBps, formatDay, moveOf } from './curve.ts';

// The chart's code weighs more than the page and comes after it.
const EquityChart = lazy(async () => ({ default: (await import('./EquityChart.tsx')).EquityChart }));

const spans = [
  { value: '63', label: '3 months' },
  { value: '252', label: '1 year' },
  { value: 'all', label: 'All' },
] as const;

/** A point of the curve in one line. */
function pointText(point: EquityPoint): string {
  return `${formatDay(point.day)}, decision ${point.index}: ${briefText(point.choice)}. Worth ${formatMoney(point.equity)}, buy and hold ${formatMoney(point.hold)}.`;
}

/** What the account was worth at every decision, beside buying once and holding; each point leads to its decision. */
export function EquityPanel(props: { points: readonly EquityPoint[]; journal: number | undefined }) {
  const { journal } = props;
  const navigate = useNavigate();
  const id = useId();
  const curve = useMemo(() => curveOf(props.points), [props.points]);
  const [span, setSpan] = useState<string>('all');
  const [pointed, setPointed] = useState<number>();
  const count = curve.points.length;
  const change = changeOf(curve.points);
  if (change === undefined) {
    return (
      <Panel title="Worth">
        <EmptyNote title="Nothing has been decided yet">
          The first point comes with the first day that the agent sees.
        </EmptyNote>
      </Panel>
    );
  }
  const place = Math.min(pointed ?? count - 1, count - 1);
  const point = curve.points[place]!;
  const move = moveOf(point);
  const shown = span === 'all' ? undefined : Number(span);
  const first = Math.max(0, count - (shown ?? count));
  const open = (at: number) => {
    const wanted = curve.points[at];
    if (wanted === undefined) return;
    // A finger cannot point without touching: it chooses first, and opens by the link.
    if (matchMedia('(hover: none)').matches || journal === undefined) setPointed(at);
    else void navigate(`/journal/${journal}/${wanted.index}`);
  };
  return (
    <Panel
      title="Worth"
      note={`${formatMoney(change.equity)}, ${formatBps(change.equityBps)} since the start: ${comparedText(change)}.`}
      aside={
        <SegmentedControl
          aria-label="Span of the curve"
          size="sm"
          value={span}
          onChange={setSpan}
          data={[...spans]}
        />
      }
    >
      <ul className={classes.legend} aria-label="What is drawn">
        <li>
          <i data-line="equity" aria-hidden /> The agent
        </li>
        <li>
          <i data-line="hold" aria-hidden /> Buy and hold
        </li>
        <li>
          <i data-sign="buy" aria-hidden>
            ▲
          </i>{' '}
          bought
        </li>
        <li>
          <i data-sign="sell" aria-hidden>
            ▼
          </i>{' '}
          sold
        </li>
        <li>
          <i data-strip="act" aria-hidden /> acted
        </li>
        <li>
          <i data-strip="none" aria-hidden /> refused to act
        </li>
        <li>Scale in pUSD</li>
      </ul>
      <Suspense fallback={<Skeleton height={320} radius="md" />}>
        <EquityChart
          curve={curve}
          shown={shown}
          at={pointed === undefined ? undefined : place}
          name={`Worth of the account over ${count} ${count === 1 ? 'decision' : 'decisions'}, in pUSD. The slider below goes through them in words.`}
          pointAt={setPointed}
          choose={open}
        />
      </Suspense>
      <div className={classes.walk}>
        <label htmlFor={id}>Walk through the decisions</label>
        <input
          id={id}
          type="range"
          min={first}
          max={count - 1}
          value={Math.max(first, place)}
          aria-valuetext={pointText(point)}
          onChange={(event) => setPointed(event.currentTarget.valueAsNumber)}
        />
      </div>
      <div className={classes.point}>
        <p>
          <strong>{formatDay(point.day)}</strong>
          <span>{briefText(point.choice, 240)}</span>
        </p>
        <dl>
          <div>
            <dt>Worth</dt>
            <dd>{formatMoney(point.equity)}</dd>
          </div>
          <div>
            <dt>Buy and hold</dt>
            <dd>{formatMoney(point.hold)}</dd>
          </div>
          <div>
            <dt>Cash</dt>
            <dd>{formatMoney(point.cash)}</dd>
          </div>
          <div>
            <dt>In the market</dt>
            <dd>{formatShares(point.shares)}</dd>
          </div>
          <div>
            <dt>Price of a share</dt>
            <dd>{formatMoney(point.price)}</dd>
          </div>
        </dl>
        {journal !== undefined && (
          <Link to={`/journal/${journal}/${point.index}`} className="link">
            Open decision {point.index}
            {move === 'none' ? ', a refusal' : ''}
          </Link>
        )}
      </div>
      <p className={classes.attribution}>
        TradingView Lightweight Charts™. Copyright © 2026 TradingView, Inc.{' '}
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank" className="link">
          https://www.tradingview.com/
        </a>
      </p>
    </Panel>
  );
}
