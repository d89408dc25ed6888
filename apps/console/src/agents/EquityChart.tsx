import { useComputedColorScheme } from '@mantine/core';
import {
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import classes from './agents.module.css';
import { type Curve, markersOf, moveOf } from './curve.ts';

/** Money in pUSD for the axis: the curve is a picture, the exact numbers are beside it. */
const dollarsOf = (base: bigint) => Number(base) / 1e6;
const axis = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

interface Parts {
  readonly chart: IChartApi;
  readonly equity: ISeriesApi<'Line'>;
  readonly hold: ISeriesApi<'Line'>;
  readonly strip: ISeriesApi<'Histogram'>;
  readonly setMarkers: (curve: Curve) => void;
  readonly stripColour: (isAct: boolean) => string;
}

function draw(holder: HTMLElement): Parts {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const chart = createChart(holder, {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: colour('ink-soft'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 12,
      // Under the chart in words, as its licence asks: a logo over the curve would hide part of it.
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour('line-soft') } },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.06, bottom: 0.12 } },
    timeScale: { borderColor: colour('line'), minBarSpacing: 0.001, fixLeftEdge: true, fixRightEdge: true },
    localization: { priceFormatter: (value: number) => axis.format(value) },
    crosshair: {
      horzLine: { visible: false, labelVisible: false },
      vertLine: { color: colour('ink-soft'), style: LineStyle.Dotted, labelVisible: false },
    },
    // The page scrolls, not the chart: what it shows is chosen by the buttons above it.
    handleScroll: false,
    handleScale: false,
  });
  const common = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 4 } as const;
  const hold = chart.addSeries(LineSeries, {
    ...common,
    color: colour('ochre-bright'),
    lineWidth: 2,
    lineStyle: LineStyle.Dashed,
  });
  const equity = chart.addSeries(LineSeries, { ...common, color: colour('lower'), lineWidth: 2 });
  const strip = chart.addSeries(HistogramSeries, {
    priceScaleId: 'strip',
    priceLineVisible: false,
    lastValueVisible: false,
    base: 0,
  });
  chart.priceScale('strip').applyOptions({ scaleMargins: { top: 0.955, bottom: 0 }, visible: false });
  const markers = createSeriesMarkers(equity, []);
  const looks = {
    buy: { position: 'belowBar', shape: 'arrowUp', color: colour('moss') },
    sell: { position: 'aboveBar', shape: 'arrowDown', color: colour('rust') },
    act: { position: 'inBar', shape: 'circle', color: colour('ochre') },
  } as const;
  return {
    chart,
    equity,
    hold,
    strip,
    setMarkers: (curve) =>
      markers.setMarkers(
        markersOf(curve).map(({ time, move, index }) => ({
          time: time as Time,
          id: String(index),
          ...looks[move],
        })),
      ),
    stripColour: (isAct) => (isAct ? colour('ochre-bright') : colour('line')),
  };
}

/**
 * The curve of an agent's worth, buy and hold beside it, a sign for every act and a strip of all decisions. It tells which
 * point is pointed at and which is chosen; the caption and the slider beside it say the same in words.
 */
export function EquityChart(props: {
  curve: Curve;
  /** Newest points that are shown; all of them when undefined. */
  shown: number | undefined;
  /** Position of the point to point at. */
  at: number | undefined;
  name: string;
  pointAt: (at: number | undefined) => void;
  choose: (at: number) => void;
}) {
  const { curve, shown, at, pointAt, choose } = props;
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const holder = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts>(undefined);
  // Handlers are set once for a drawing, and must see the newest of everything.
  const latest = useRef({ curve, pointAt, choose });
  latest.current = { curve, pointAt, choose };

  useEffect(() => {
    if (holder.current === null) return;
    // The colours are read from the page, so a change of scheme draws the chart anew.
    holder.current.dataset.scheme = scheme;
    const drawn = draw(holder.current);
    const placeOf = ({ logical }: MouseEventParams) => {
      const place = logical === undefined ? -1 : Math.round(logical);
      return place >= 0 && place < latest.current.curve.points.length ? place : undefined;
    };
    drawn.chart.subscribeCrosshairMove((event) => {
      // Without a source it was moved by the slider, which knows where it is.
      if (event.sourceEvent !== undefined) latest.current.pointAt(placeOf(event));
    });
    drawn.chart.subscribeClick((event) => {
      const place = placeOf(event);
      if (place !== undefined) latest.current.choose(place);
    });
    parts.current = drawn;
    return () => {
      parts.current = undefined;
      drawn.chart.remove();
    };
  }, [scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new scheme is a new drawing, which needs its data again.
  useEffect(() => {
    const drawn = parts.current;
    if (drawn === undefined) return;
    const { points, times } = curve;
    const series = (value: (place: number) => number) =>
      times.map((time, place) => ({ time: time as Time, value: value(place) }));
    drawn.hold.setData(series((place) => dollarsOf(points[place]!.hold)));
    drawn.equity.setData(series((place) => dollarsOf(points[place]!.equity)));
    drawn.strip.setData(
      times.map((time, place) => ({
        time: time as Time,
        value: 1,
        color: drawn.stripColour(moveOf(points[place]!) !== 'none'),
      })),
    );
    drawn.setMarkers(curve);
    const count = points.length;
    drawn.chart
      .timeScale()
      .setVisibleLogicalRange({ from: count - Math.min(shown ?? count, count) - 0.5, to: count - 0.5 });
  }, [curve, shown, scheme]);

  useEffect(() => {
    const drawn = parts.current;
    if (drawn === undefined) return;
    const point = at === undefined ? undefined : curve.points[at];
    if (point === undefined) drawn.chart.clearCrosshairPosition();
    else {
      drawn.chart.setCrosshairPosition(dollarsOf(point.equity), curve.times[at!]! as Time, drawn.equity);
    }
  }, [curve, at]);

  return <div ref={holder} className={classes.chart} role="img" aria-label={props.name} />;
}
