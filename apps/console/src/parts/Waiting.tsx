import { Skeleton } from '@mantine/core';

/** Grey rows of the height that the real ones will have, so that nothing jumps when they arrive. */
export function Waiting(props: { rows: number; height: number; gap?: number; name: string }) {
  const rows = Array.from({ length: props.rows }, (_, row) => `row-${row}`);
  return (
    <div role="status" style={{ display: 'grid', gap: props.gap ?? 8 }}>
      <span className="hidden-visually">Loading {props.name}…</span>
      {rows.map((row) => (
        <Skeleton key={row} height={props.height} radius="md" />
      ))}
    </div>
  );
}
