import { type DecisionInput, openPrivate } from '@lichen/protocol';
import type { JournalConfig } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { formatMoment, provenanceText, shortText } from './decisionWords.ts';
import { fetchBlob } from './fetchBlob.ts';
import classes from './journal.module.css';
import { plainText, textOfBytes } from './plainText.ts';

/** What a decision saw, one by one, each to be looked at as text. */
export function DecisionInputs(props: { journal: JournalConfig; inputs: readonly DecisionInput[] }) {
  if (props.inputs.length === 0) {
    return (
      <EmptyNote title="It saw nothing new">An outcome tells what came of an intent before it.</EmptyNote>
    );
  }
  return (
    <ol className={classes.items}>
      {props.inputs.map((input, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
        <Input key={at} journal={props.journal} input={input} position={at + 1} />
      ))}
    </ol>
  );
}

function Input(props: { journal: JournalConfig; input: DecisionInput; position: number }) {
  const { input, journal, position } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const round = /^round:(\d{1,12})$/.exec(input.uri)?.[1];
  return (
    <li>
      <h3>{plainText(input.name)}</h3>
      <p className="soft">{provenanceText(input.provenance)}.</p>
      <Facts
        items={[
          ['Seen', formatMoment(input.at)],
          ['Kind', plainText(input.mediaType) + (input.isPrivate ? ', private' : '')],
          [
            'From',
            // Only our own pages become links: an address in a decision is a stranger's text.
            round === undefined ? (
              shortText(input.uri)
            ) : (
              <Link key="from" to={`/oracle/rounds/${round}`} className="link">
                Round {round}
              </Link>
            ),
          ],
          ['Hash', <Hash key="hash" value={input.sha256} name={`hash of input ${position}`} />],
        ]}
      />
      <Button
        mt="sm"
        variant="default"
        size="compact-md"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Hide it' : 'Look at it'}
        <span className="hidden-visually">: input {position}</span>
      </Button>
      <div id={id}>{isOpen && <InputText journal={journal} input={input} position={position} />}</div>
    </li>
  );
}

function InputText(props: { journal: JournalConfig; input: DecisionInput; position: number }) {
  const { input, journal } = props;
  const client = useClient();
  const blob = useQuery({
    queryKey: ['blob', journal.path, input.sha256],
    queryFn: () => fetchBlob(client, journal, input.sha256),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (blob.isError) return <ErrorNote error={blob.error} />;
  if (blob.data === undefined) return <Waiting rows={1} height={120} name="input" />;
  const { text, isCut } = textOfBytes(input.isPrivate ? openPrivate(blob.data) : blob.data);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section tabIndex={0} aria-label={`Text of input ${props.position}`} className={classes.text}>
        {text}
      </section>
      {isCut && <p className="soft">Only the beginning is shown.</p>}
    </>
  );
}
