import {
  type Decision,
  decodeDecision,
  entryHashOf,
  LichenError,
  parseInclusionProof,
} from '@lichen/protocol';
import { getReceipt, type LichenClient, listDecisions } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { bytesToHex } from 'viem';
import { LostPage } from '../app/LostPage.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { DecisionChoice } from './DecisionChoice.tsx';
import { DecisionInputs } from './DecisionInputs.tsx';
import { DecisionPlace } from './DecisionPlace.tsx';
import { agentName, formatMoment, kindText, shortText } from './decisionWords.ts';
import classes from './journal.module.css';
import { VerifyHere } from './VerifyHere.tsx';

interface ReadDecision {
  readonly decision: Decision;
  /** 64 hex digits. */
  readonly leafHash: string;
}

async function readDecision(client: LichenClient, journal: string, index: number): Promise<ReadDecision> {
  const { extra, index: told } = parseInclusionProof(await getReceipt(client, { journal, index }));
  if (extra === undefined || told !== index) {
    throw new LichenError('bad-input', 'The journal handed out a receipt of something else.', {
      got: `entry ${told}`,
      expected: `entry ${index} with its decision`,
      next: 'Try again; if it stays so, its writer is not to be trusted.',
      retry: 'later',
    });
  }
  return { decision: decodeDecision(extra), leafHash: bytesToHex(entryHashOf(extra)).slice(2) };
}

/** One decision: what it saw, by which rules, what it chose and rejected, what came of it; and whether that holds. */
export function DecisionPage() {
  const client = useClient();
  const parameters = useParams();
  const name = parameters.journal ?? '';
  const index = Number(parameters.index);
  const journal = client.config.journals[Number(name) - 1];
  const reading = useQuery({
    queryKey: ['decision', name, index],
    queryFn: () => readDecision(client, name, index),
    // What is in a journal does not change.
    staleTime: Number.POSITIVE_INFINITY,
    enabled: journal !== undefined,
  });
  const around = useQuery({
    queryKey: ['decisions', name, 256],
    queryFn: () => listDecisions(client, { journal: name, limit: 256 }),
    refetchInterval: 10_000,
    enabled: journal !== undefined,
  });
  if (journal === undefined) return <LostPage />;
  const back = (
    <Link to={`/journal/${name}`} className="back">
      ← All decisions of this journal
    </Link>
  );
  if (reading.data === undefined) {
    return (
      <>
        <PageHead title={`Decision ${index}`} above={back} lead={reading.isError ? undefined : '…'} />
        {reading.isError ? (
          <ErrorNote error={reading.error} />
        ) : (
          <Waiting rows={3} height={200} gap={20} name="decision" />
        )}
      </>
    );
  }
  const { decision, leafHash } = reading.data;
  return (
    <>
      <PageHead
        title={`Decision ${index}`}
        above={back}
        lead={`${kindText(decision.kind)} of ${agentName(client.config, decision)}, ${formatMoment(decision.time)}: ${shortText(decision.task)}.`}
      />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <DecisionChoice decision={decision} />
          <Panel
            title="What it saw"
            note="The bytes lie beside the journal under their hash; this browser checks the hash before it shows them."
          >
            <DecisionInputs key={index} journal={journal} inputs={decision.inputs} />
          </Panel>
        </div>
        <div className={classes.stack}>
          <VerifyHere
            key={`${name} ${index}`}
            name={name}
            index={index}
            journal={journal}
            decision={decision}
          />
          <DecisionPlace
            name={name}
            decision={decision}
            leafHash={leafHash}
            listed={around.data}
            isFailed={around.isError}
          />
        </div>
      </div>
    </>
  );
}
