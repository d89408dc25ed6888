import { openPrivate } from '@lichen/protocol';
import type { JournalConfig } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { fetchBlob } from './fetchBlob.ts';
import classes from './journal.module.css';
import { textOfBytes } from './plainText.ts';
import { readableJson } from './readableJson.ts';

interface Wanted {
  readonly journal: JournalConfig;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly isPrivate?: boolean;
  /** What it is, as the end of a sentence: `input 2`. */
  readonly name: string;
}

/** A button that shows the bytes under a hash as text, once they are fetched and compared with the hash. */
export function BlobText(props: Wanted & { show: string; hide: string }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={classes.blob}>
      <Button
        variant="default"
        size="compact-md"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? props.hide : props.show}
        <span className="hidden-visually">: {props.name}</span>
      </Button>
      <div id={id}>{isOpen && <FetchedText {...props} />}</div>
    </div>
  );
}

function FetchedText({ journal, sha256, isPrivate = false, name }: Wanted) {
  const client = useClient();
  const blob = useQuery({
    queryKey: ['blob', journal.path, sha256],
    queryFn: () => fetchBlob(client, journal, sha256),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (blob.isError) return <ErrorNote error={blob.error} />;
  if (blob.data === undefined) return <Waiting rows={1} height={120} name={name} />;
  const bytes = isPrivate ? openPrivate(blob.data) : blob.data;
  const { text, isCut } = textOfBytes(bytes);
  const readable = isCut ? undefined : readableJson(text);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section tabIndex={0} aria-label={`Text of ${name}`} className={classes.text}>
        {readable ?? text}
      </section>
      <p className="soft">
        {bytes.length.toLocaleString('en')} {bytes.length === 1 ? 'byte' : 'bytes'}, as recorded
        {readable === undefined ? '' : '; only spaces and line ends were added'}
        {isCut ? '; only the beginning is shown' : ''}.
      </p>
    </>
  );
}
