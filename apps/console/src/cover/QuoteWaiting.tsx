import { Waiting } from '../parts/Waiting.tsx';

/** As high as the contributions will be: a headline and sixteen rows. */
export function QuoteWaiting() {
  return (
    <div style={{ display: 'grid', gap: 20 }}>
      <Waiting rows={1} height={76} name="probability" />
      <Waiting rows={16} height={32} gap={8} name="reasons" />
    </div>
  );
}
