import { Graph, layout } from '@dagrejs/dagre';
import type { DecisionGraph } from './decisionGraph.ts';

/** Size of every node, pixels. */
export interface NodeSize {
  readonly width: number;
  readonly height: number;
}

export interface GraphLayout {
  /** Top left corner of each node by its id, pixels. */
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly width: number;
  readonly height: number;
}

/** Lays a decision's graph out: from left to right where there is room for it, else from top to bottom. */
export function layoutGraph(
  { nodes, edges }: DecisionGraph,
  size: NodeSize,
  direction: 'right' | 'down',
): GraphLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', nodesep: 14, ranksep: 28 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...size });
  for (const { from, to } of edges) graph.setEdge(from, to);
  // In the order of the record: inputs as they were seen, what failed before what passed.
  layout(graph, { disableOptimalOrderHeuristic: true });
  const places = new Map(
    nodes.map(({ id }) => {
      // dagre tells of centres.
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - size.width / 2, y: y - size.height / 2 }] as const;
    }),
  );
  const right = Math.max(0, ...[...places.values()].map(({ x }) => x + size.width));
  const bottom = Math.max(0, ...[...places.values()].map(({ y }) => y + size.height));
  return { places, width: right, height: bottom };
}
