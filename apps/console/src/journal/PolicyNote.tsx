import { Button } from '@mantine/core';
import { Panel } from '../parts/Panel.tsx';
import { formatMoment } from './decisionWords.ts';
import type { PolicyStanding } from './rememberedPolicy.ts';

/** Warns when the network names other keys than this browser remembers; nothing else otherwise. */
export function PolicyNote(props: { standing: PolicyStanding | undefined; accept: () => void }) {
  if (props.standing?.other === undefined) return null;
  return (
    <Panel
      title="The network names other keys than before"
      note={`This browser still trusts those of ${formatMoment(props.standing.kept.since)}. Take the new ones only if you know why they changed: whoever rewrites a journal needs new witnesses.`}
    >
      <div>
        <Button variant="default" onClick={props.accept}>
          Trust the new keys
        </Button>
      </div>
    </Panel>
  );
}
