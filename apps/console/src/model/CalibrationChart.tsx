import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import classes from './ModelPage.module.css';
import type { Group } from './readCard.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Predicted against observed share of each tenth of the held-out flights. The table beside it says the same. */
export function CalibrationChart(props: { deciles: readonly Group[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { deciles } = props;
  useEffect(() => {
    if (holder.current === null) return;
    // The colours are read from the page, so a change of scheme draws the chart anew.
    holder.current.dataset.scheme = scheme;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`);
    const chart = init(holder.current);
    const percent = (share: number) => Math.round(share * 1000) / 10;
    const text = { color: colour('ink-soft'), fontSize: 12 };
    chart.setOption({
      animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 48, right: 8, top: 40, bottom: 44 },
      legend: { top: 0, left: 0, textStyle: { ...text, fontSize: 13 }, itemWidth: 14 },
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => `${value}%` },
      xAxis: {
        type: 'category',
        name: 'tenth of the held-out flights, by rising prediction',
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: text,
        data: deciles.map((_, index) => `${index + 1}`),
        axisLabel: text,
        axisLine: { lineStyle: { color: colour('line') } },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        axisLabel: { ...text, formatter: '{value}%' },
        splitLine: { lineStyle: { color: colour('line-soft') } },
      },
      series: [
        {
          name: 'Observed',
          type: 'bar',
          barWidth: '52%',
          itemStyle: { color: colour('lower'), borderRadius: [4, 4, 0, 0] },
          data: deciles.map((group) => percent(group.observed)),
        },
        {
          name: 'Predicted',
          type: 'line',
          symbol: 'circle',
          symbolSize: 8,
          lineStyle: { width: 2, color: colour('ochre-bright') },
          itemStyle: { color: colour('ochre-bright') },
          data: deciles.map((group) => percent(group.predicted)),
        },
      ],
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(holder.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [deciles, scheme]);
  return (
    <div
      ref={holder}
      className={classes.chart}
      role="img"
      aria-label="Predicted and observed share of late flights for each tenth of the held-out flights; the table below has the numbers."
    />
  );
}
