import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { LostPage } from '../app/LostPage.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { ChainSays } from './ChainSays.tsx';
import { ChecksPanel } from './ChecksPanel.tsx';
import { DecisionChoice } from './DecisionChoice.tsx';
import { DecisionInputs } from './DecisionInputs.tsx';
import { DecisionPicture } from './DecisionPicture.tsx';
import { DecisionPlace } from './DecisionPlace.tsx';
import { agentName, briefText, formatMoment, kindText, resultOf } from './decisionWords.ts';
import classes from './journal.module.css';
import { ReplayHere } from './ReplayHere.tsx';
import { RulesPanel } from './RulesPanel.tsx';
import { readAround, readDecision } from './readDecision.ts';
import { VerifyHere } from './VerifyHere.tsx';

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
    queryKey: ['decisions', name, 'around', index],
    queryFn: () => readAround(client, name, index),
    refetchInterval: 10_000,
    enabled: journal !== undefined,
  });
  if (journal === undefined) return <LostPage />;
  const above = (
    <Link to={`/journal/${name}`} className="back">
      ← All decisions of this journal
    </Link>
  );
  const newest = around.data?.[0]?.index;
  const aside = (
    <nav aria-label="Decisions before and after" className={classes.walk}>
      {index > 0 && (
        <Link to={`/journal/${name}/${index - 1}`} className="link">
          ← Decision {index - 1}
        </Link>
      )}
      {newest !== undefined && index < newest && (
        <Link to={`/journal/${name}/${index + 1}`} className="link">
          Decision {index + 1} →
        </Link>
      )}
    </nav>
  );
  if (reading.data === undefined) {
    return (
      <>
        <PageHead
          title={`Decision ${index}`}
          above={above}
          aside={aside}
          lead={reading.isError ? undefined : '…'}
        />
        {reading.isError ? (
          <ErrorNote error={reading.error} />
        ) : (
          <Waiting rows={3} height={200} gap={20} name="decision" />
        )}
      </>
    );
  }
  const { decision, leafHash } = reading.data;
  const result = resultOf(around.data ?? [], reading.data);
  const intent = decision.kind === 'intent' ? leafHash : decision.refersTo;
  const isDecided = decision.kind === 'intent' || decision.kind === 'refusal';
  return (
    <>
      <PageHead
        title={`Decision ${index}`}
        above={above}
        aside={aside}
        lead={`${kindText(decision.kind)} of ${agentName(client.config, decision)}, ${formatMoment(decision.time)}: ${briefText(decision.task)}.`}
      />
      <div className={classes.stack}>
        <DecisionPicture decision={decision} result={result} />
        <div className={classes.decision}>
          <div className={classes.stack}>
            <DecisionChoice decision={decision} />
            {(isDecided || decision.checks.length > 0) && <ChecksPanel checks={decision.checks} />}
          </div>
          <div className={classes.stack}>
            <VerifyHere
              key={`${name} ${index}`}
              name={name}
              index={index}
              journal={journal}
              decision={decision}
            />
            {isDecided && (
              <ReplayHere key={`replay of ${name} ${index}`} journal={journal} decision={decision} />
            )}
            <DecisionPlace
              name={name}
              decision={decision}
              leafHash={leafHash}
              listed={around.data}
              isFailed={around.isError}
            />
            {result?.transaction != null && intent !== null && (
              <ChainSays transaction={result.transaction} intent={intent} />
            )}
          </div>
          <div className={classes.stack}>
            <Panel
              title="What it saw"
              note="The bytes lie beside the journal under their hash; this browser checks the hash before it shows them."
            >
              <DecisionInputs key={`${name} ${index}`} journal={journal} inputs={decision.inputs} />
            </Panel>
            <RulesPanel key={`rules of ${name} ${index}`} journal={journal} decision={decision} />
          </div>
        </div>
      </div>
    </>
  );
}
