import type { Decision, DecisionResult } from '@lichen/protocol';
import { Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useMemo } from 'react';
import { Panel } from '../parts/Panel.tsx';
import { decisionGraph, partText } from './decisionGraph.ts';
import classes from './journal.module.css';

// React Flow and dagre together weigh more than the rest of the page: they come after it.
const DecisionGraphView = lazy(async () => ({
  default: (await import('./DecisionGraphView.tsx')).DecisionGraphView,
}));

/** How a decision came about, from what was seen to what came of it: as a graph, and the same as a list. */
export function DecisionPicture(props: { decision: Decision; result: DecisionResult | null }) {
  const { decision, result } = props;
  const isNarrow = useMediaQuery('(max-width: 1000px)', undefined, { getInitialValueInEffect: false });
  const graph = useMemo(() => decisionGraph(decision, result, { isNarrow }), [decision, result, isNarrow]);
  return (
    <Panel title="How it came about">
      <Suspense fallback={<Skeleton height={isNarrow ? 560 : 220} radius="md" />}>
        <DecisionGraphView graph={graph} isNarrow={isNarrow} />
      </Suspense>
      <div className={classes.belowGraph}>
        <details className={classes.details}>
          <summary>The same as a list</summary>
          <ol>
            {graph.nodes.map(({ id, part, title, detail }) => (
              <li key={id}>
                {partText(part)}: <strong>{title}</strong>. {detail}
              </li>
            ))}
          </ol>
        </details>
        <span className="soft">
          Drawn with{' '}
          <a href="https://reactflow.dev" rel="noreferrer" target="_blank" className="link">
            React Flow
          </a>
          .
        </span>
      </div>
    </Panel>
  );
}
