import '@xyflow/react/dist/base.css';
import { useElementSize } from '@mantine/hooks';
import {
  Handle,
  MarkerType,
  type Node,
  type NodeHandle,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import { type DecisionGraph, type GraphNode, partText } from './decisionGraph.ts';
import classes from './graph.module.css';
import { layoutGraph, type NodeSize } from './layoutGraph.ts';

type StationNode = Node<{ readonly node: GraphNode; readonly isDown: boolean }, 'station'>;

/** Seven stations of the wide size fit beside each other on a page; one of the narrow size fits on a phone. */
const wide: NodeSize = { width: 146, height: 86 };
const narrow: NodeSize = { width: 286, height: 78 };

/** Where edges arrive and leave: at the middle of two sides. */
function handlesOf({ width, height }: NodeSize, isDown: boolean): NodeHandle[] {
  const dot = { width: 1, height: 1 };
  return isDown
    ? [
        { ...dot, type: 'target', position: Position.Top, x: width / 2, y: 0 },
        { ...dot, type: 'source', position: Position.Bottom, x: width / 2, y: height },
      ]
    : [
        { ...dot, type: 'target', position: Position.Left, x: 0, y: height / 2 },
        { ...dot, type: 'source', position: Position.Right, x: width, y: height / 2 },
      ];
}

function Station({ data: { node, isDown } }: NodeProps<StationNode>) {
  return (
    <div className={classes.station} data-part={node.part} data-tone={node.tone}>
      <Handle type="target" position={isDown ? Position.Top : Position.Left} isConnectable={false} />
      <span>{partText(node.part)}</span>
      <strong>{node.title}</strong>
      <p>{node.detail}</p>
      <Handle type="source" position={isDown ? Position.Bottom : Position.Right} isConnectable={false} />
    </div>
  );
}

const nodeTypes = { station: Station };

/**
 * The graph as a picture: nothing on it can be moved, chosen or focused, and it scrolls with the page. Screen readers have
 * the list beside it.
 */
export function DecisionGraphView(props: { graph: DecisionGraph; isNarrow: boolean }) {
  const { graph, isNarrow } = props;
  const { ref, width: room } = useElementSize();
  const { nodes, edges, width, height } = useMemo(() => {
    const size = isNarrow ? narrow : wide;
    const laid = layoutGraph(graph, size, isNarrow ? 'down' : 'right');
    return {
      width: laid.width,
      height: laid.height,
      nodes: graph.nodes.map(
        (node): StationNode => ({
          id: node.id,
          type: 'station',
          position: laid.places.get(node.id)!,
          ...size,
          // Sizes and handles are known, so edges need not wait until the browser has measured them.
          measured: size,
          handles: handlesOf(size, isNarrow),
          data: { node, isDown: isNarrow },
        }),
      ),
      edges: graph.edges.map(({ from, to }) => ({
        id: `${from} ${to}`,
        source: from,
        target: to,
        markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      })),
    };
  }, [graph, isNarrow]);
  const zoom = room === 0 ? 1 : Math.min(1, room / width);
  const viewport = { x: Math.max(0, (room - width * zoom) / 2), y: 2, zoom };
  return (
    <div ref={ref} className={classes.graph} style={{ height: Math.ceil(height * zoom) + 4 }} aria-hidden>
      {room > 0 && (
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          defaultViewport={viewport}
          viewport={viewport}
          minZoom={0.1}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          panOnDrag={false}
          panOnScroll={false}
          zoomOnScroll={false}
          zoomOnPinch={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          // Named in words under the graph: a link inside of what screen readers skip would be a trap.
          proOptions={{ hideAttribution: true }}
        />
      )}
    </div>
  );
}
