import type { LichenClient } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import type { Hex } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark, type Tone } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { formatMoment } from './decisionWords.ts';
import { readTransaction, type TransactionStory } from './readTransaction.ts';

/** Whether a transaction names the intent that it should. */
function intentMark({ intents }: TransactionStory, wanted: string): readonly [Tone, string] {
  if (intents.length === 0) return ['calm', 'No intent is named'];
  return intents.includes(`0x${wanted}`) ? ['good', 'Names this intent'] : ['bad', 'Names another intent'];
}

/** The transaction of a decision as the chain has it, and whether it carries the hash of its intent. */
export function ChainSays(props: {
  transaction: Hex;
  /** Leaf hash of the intent, 64 hex digits. */
  intent: string;
}) {
  const client: LichenClient = useClient();
  const { transaction, intent } = props;
  const story = useQuery({
    queryKey: ['transaction', transaction],
    queryFn: () => readTransaction(client, transaction),
    staleTime: 60_000,
  });
  return (
    <Panel title="What the chain says" note="Read from the chain itself, not from the journal.">
      {story.isPending && <Waiting rows={5} height={30} name="transaction" />}
      {story.isError && <ErrorNote error={story.error} />}
      {story.data !== undefined && <Facts columns={1} items={factsOf(story.data, transaction, intent)} />}
    </Panel>
  );
}

function factsOf(story: TransactionStory, transaction: Hex, intent: string) {
  const [tone, text] = intentMark(story, intent);
  return [
    ['Transaction', <Hash key="hash" value={transaction} name="transaction" />],
    [
      'Status',
      <Mark key="status" tone={story.isSuccess ? 'good' : 'bad'}>
        {story.isSuccess ? 'Succeeded' : 'Failed'}
      </Mark>,
    ],
    [
      'Intent in it',
      <Mark key="intent" tone={tone}>
        {text}
      </Mark>,
    ],
    ['Block', `${story.block}, ${formatMoment(story.at * 1_000)}`],
    ['Sent by', <Hash key="from" value={story.from} name="sender of the transaction" />],
    ...(story.to === null
      ? []
      : [['To', <Hash key="to" value={story.to} name="receiver of the transaction" />] as const]),
    ['Gas used', `${story.gasUsed.toLocaleString('en')} gas`],
  ] as const;
}
