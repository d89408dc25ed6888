import type { DecisionInput } from '@lichen/protocol';
import type { JournalConfig } from '@lichen/sdk';
import { Link } from 'react-router';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { LongText } from '../parts/LongText.tsx';
import { ShortList } from '../parts/ShortList.tsx';
import { BlobText } from './BlobText.tsx';
import { briefText, formatMoment, provenanceText, runtimeInputText, shortText } from './decisionWords.ts';
import classes from './journal.module.css';
import { plainText } from './plainText.ts';

/** What a decision saw, one by one, each to be looked at as text. */
export function DecisionInputs(props: { journal: JournalConfig; inputs: readonly DecisionInput[] }) {
  if (props.inputs.length === 0) {
    return (
      <EmptyNote title="It saw nothing new">An outcome tells what came of an intent before it.</EmptyNote>
    );
  }
  return (
    <ShortList items={props.inputs} most={12} name="inputs">
      {(shown) => (
        <ol className={classes.items}>
          {shown.map((input, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
            <Input key={at} journal={props.journal} input={input} position={at + 1} />
          ))}
        </ol>
      )}
    </ShortList>
  );
}

function Input(props: { journal: JournalConfig; input: DecisionInput; position: number }) {
  const { input, journal, position } = props;
  const runtime = runtimeInputText(input.name);
  const round = /^round:(\d{1,12})$/.exec(input.uri)?.[1];
  return (
    <li>
      <h3>
        <LongText text={plainText(input.name)} name={`the name of input ${position}`} />
      </h3>
      <p className="soft">
        {provenanceText(input.provenance)}.{runtime === undefined ? '' : ` ${runtime}.`}
      </p>
      <Facts
        items={[
          ['Seen', formatMoment(input.at)],
          ['Kind', briefText(input.mediaType) + (input.isPrivate ? ', private' : '')],
          [
            'From',
            // Only our own pages become links: an address in a decision is a stranger's text.
            round === undefined ? (
              <LongText key="from" text={shortText(input.uri)} name={`where input ${position} is from`} />
            ) : (
              <Link key="from" to={`/oracle/rounds/${round}`} className="link">
                Round {round}
              </Link>
            ),
          ],
          ['SHA-256', <Hash key="hash" value={input.sha256} name={`hash of input ${position}`} />],
        ]}
      />
      <BlobText
        journal={journal}
        sha256={input.sha256}
        isPrivate={input.isPrivate}
        name={`input ${position}`}
        show="Look at it"
        hide="Hide it"
      />
    </li>
  );
}
