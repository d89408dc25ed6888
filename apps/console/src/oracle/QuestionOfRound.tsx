import { flightTopic } from '@lichen/protocol';
import { flightAnswerOf } from '../cover/answerText.ts';
import { flightStateText } from '../cover/flightStateText.ts';
import { formatDelay } from '../format/duration.ts';
import { formatChainTime } from '../format/moment.ts';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import { answerOfLeaf } from './answerOfLeaf.ts';
import classes from './OraclePage.module.css';
import type { ToldLeaf, ToldRound, ToldStatement } from './roundData.ts';

const noDelays = { departureDelayMinutes: null, arrivalDelayMinutes: null };

function statementText(topic: string, statement: ToldStatement): string {
  const state = topic.toLowerCase() === flightTopic ? flightAnswerOf(BigInt(statement.value)) : undefined;
  if (state === undefined) return `Value ${statement.value}`;
  return state === 'on-time' || state === 'late'
    ? `Landed ${formatDelay(Number(statement.detail))}`
    : flightStateText({ ...noDelays, state });
}

/** One question of a round: the answer, and for each reporter what it saw from each source. */
export function QuestionOfRound(props: { round: ToldRound; leaf: ToldLeaf; position: number }) {
  const { round, leaf } = props;
  return (
    <Panel
      title={`Question ${props.position}: ${answerOfLeaf(leaf.topic, leaf.outcome, leaf.answer)}`}
      note={
        leaf.topic.toLowerCase() === flightTopic ? 'What became of this flight?' : 'What does the model say?'
      }
    >
      <div className={classes.stack}>
        <Facts
          items={[
            ['Status now', leaf.status],
            ['Confidence', `${(leaf.confidenceBps / 100).toFixed(0)}%`],
            ['Question', <Hash key="question" value={leaf.questionId} name="question id" />],
            ['Subject', <Hash key="subject" value={leaf.subject} name="subject" />],
            ['Evidence root', <Hash key="evidence" value={leaf.evidenceRoot} name="evidence root" />],
          ]}
        />
        <Table name={`Observations of question ${props.position}`}>
          <thead>
            <tr>
              <th scope="col">Reporter</th>
              <th scope="col">Observed</th>
              <th scope="col">Source</th>
              <th scope="col">Its statement</th>
              <th scope="col">Time</th>
              <th scope="col">Evidence it kept</th>
            </tr>
          </thead>
          <tbody>
            {round.reporters.flatMap((reporter) => {
              const seen = reporter.observations.find(({ questionId }) => questionId === leaf.questionId);
              const rows = Math.max(1, seen?.statements.length ?? 0);
              const head = (
                <th scope="row" rowSpan={rows}>
                  Reporter {reporter.index + 1}
                </th>
              );
              if (seen === undefined) {
                return [
                  <tr key={reporter.index}>
                    {head}
                    <td colSpan={5} className="soft">
                      did not observe it
                    </td>
                  </tr>,
                ];
              }
              const observed = <td rowSpan={rows}>{answerOfLeaf(leaf.topic, seen.outcome, seen.answer)}</td>;
              // A reporter keeps every body it fetched, also of sources that had no statement yet: no pairing by row.
              const evidence = (
                <td rowSpan={rows}>
                  {seen.evidence.length === 0
                    ? '–'
                    : seen.evidence.map((hash, index) => (
                        <Hash
                          key={hash}
                          value={hash}
                          name={`evidence ${index + 1} of reporter ${reporter.index + 1}`}
                        />
                      ))}
                </td>
              );
              if (seen.statements.length === 0) {
                return [
                  <tr key={reporter.index}>
                    {head}
                    {observed}
                    <td colSpan={3} className="soft">
                      no statements
                    </td>
                    {evidence}
                  </tr>,
                ];
              }
              return seen.statements.map((statement, index) => (
                <tr key={`${reporter.index} ${statement.source}`}>
                  {index === 0 && head}
                  {index === 0 && observed}
                  <td>{statement.name}</td>
                  <td>{statementText(leaf.topic, statement)}</td>
                  <td>{formatChainTime(statement.observedAt)}</td>
                  {index === 0 && evidence}
                </tr>
              ));
            })}
          </tbody>
        </Table>
      </div>
    </Panel>
  );
}
