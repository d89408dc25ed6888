import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Hex } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { airlineName } from '../format/airline.ts';
import { airportCity } from '../format/airport.ts';
import { formatMoney } from '../format/money.ts';
import { formatProbability } from '../format/probability.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './PolicyPage.module.css';
import { policyMark } from './policyMark.ts';
import { readCoverStory } from './readCoverStory.ts';
import { Statements } from './Statements.tsx';
import { storySteps } from './storySteps.ts';
import { Timeline } from './Timeline.tsx';

const back = (
  <Link to="/cover" className="back">
    ← Cover
  </Link>
);

/** One cover, followed live from purchase to payment. */
export function PolicyPage() {
  const client = useClient();
  const now = useNow();
  const policyId = useParams().policyId as Hex;
  const reading = useQuery({
    queryKey: ['policies', policyId],
    queryFn: () => readCoverStory(client, policyId),
    refetchInterval: (query) => (query.state.data?.policy.state === 'live' ? 1_000 : 15_000),
  });
  const story = reading.data;
  if (story === undefined) {
    return (
      <>
        <PageHead title="Your cover" above={back} />
        {reading.isError ? (
          <ErrorNote error={reading.error} />
        ) : (
          <Waiting rows={2} height={260} gap={20} name="cover" />
        )}
      </>
    );
  }
  const { policy, question, payment } = story;
  const { flight } = policy;
  const isLive = policy.state === 'live';
  const mark = policyMark(policy, now);
  const steps = storySteps(story, now);
  const current = steps.find((step) => step.progress === 'now') ?? steps.at(-1)!;
  return (
    <>
      <PageHead
        above={back}
        title={`${airportCity(flight.origin)} to ${airportCity(flight.destination)}`}
        lead={`${airlineName(flight.carrier)} flight ${flight.carrier} ${flight.number}`}
        aside={<Mark tone={mark.tone}>{mark.text}</Mark>}
      />
      <p className="hidden-visually" role="status">
        {mark.text}. {current.name}.
      </p>
      <div className={classes.columns}>
        <Panel
          title={isLive ? 'Live' : 'What happened'}
          note={
            isLive
              ? 'Nothing to do: chain, reporters and keeper finish this on their own.'
              : 'Chain, reporters and keeper did this on their own.'
          }
        >
          <Timeline steps={steps} />
        </Panel>
        <div className={classes.aside}>
          <Panel title="What you bought">
            <Facts
              items={[
                ['Payout', formatMoney(policy.payout)],
                ['Premium', formatMoney(policy.parts.premium)],
                ['Probability', formatProbability(policy.parts.probabilityPpm)],
                ['Expected loss', formatMoney(policy.parts.expectedLoss)],
                ['Margin', formatMoney(policy.parts.margin)],
                ['Exposure charge', formatMoney(policy.parts.exposureCharge)],
              ]}
            />
          </Panel>
          <Panel title="What the sources say">
            <Statements statements={story.statements} />
          </Panel>
          <Panel title="On the chain">
            <Facts
              columns={1}
              items={[
                ['Policy', <Hash key="policy" value={policy.policyId} name="policy id" />],
                ['Question', <Hash key="question" value={question.questionId} name="question id" />],
                ['Purchase', <Hash key="purchase" value={policy.transaction} name="purchase transaction" />],
                [
                  'Round',
                  question.answer === null ? (
                    'none yet'
                  ) : (
                    <Link key="round" to={`/oracle/rounds/${question.answer.round}`} className="link">
                      {question.answer.round}
                    </Link>
                  ),
                ],
                [
                  'End',
                  payment === null ? (
                    'not yet'
                  ) : (
                    <Hash key="end" value={payment.transaction} name="closing transaction" />
                  ),
                ],
              ]}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}
