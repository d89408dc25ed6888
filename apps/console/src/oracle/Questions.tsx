import { flightTopic } from '@lichen/protocol';
import { type LichenClient, listQuestions, type Question } from '@lichen/sdk';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { answerText, integerOfAnswer } from '../cover/answerText.ts';
import { formatAgo, formatCountdown } from '../format/duration.ts';
import { formatChainTime } from '../format/moment.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { questionMark, questionText } from './questionText.ts';

const pageSize = 12;
const states = [
  ['', 'All questions'],
  ['pending', 'Pending'],
  ['accepted', 'Accepted'],
  ['disputed', 'Disputed'],
  ['final', 'Final'],
] as const;

/** What was asked of the oracle lately, by whom, when it is due, and where its answer stands. */
export function Questions() {
  const client = useClient();
  const now = useNow();
  const [state, setState] = useState('');
  const questions = useQuery({
    queryKey: ['questions'],
    queryFn: () => listQuestions(client, { limit: 60 }),
    refetchInterval: 4_000,
  });
  const marked = (questions.data ?? []).map((question) => ({ question, mark: questionMark(question, now) }));
  const shown = marked.filter(({ mark }) => state === '' || mark.state === state).slice(0, pageSize);
  return (
    <Panel
      title="Questions"
      note="What contracts asked, newest first."
      aside={
        <NativeSelect
          aria-label="Which questions"
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
          data={states.map(([value, label]) => ({ value, label }))}
        />
      }
    >
      {questions.isPending && <Waiting rows={8} height={42} name="questions" />}
      {questions.isError && questions.data === undefined && <ErrorNote error={questions.error} />}
      {questions.data !== undefined && shown.length === 0 && (
        <EmptyNote title={state === '' ? 'Nothing has been asked yet' : 'No question is in this state'}>
          {state === '' ? 'Each flight that somebody covers asks one question.' : 'Choose another state.'}
        </EmptyNote>
      )}
      {shown.length > 0 && (
        <Table name="Questions">
          <thead>
            <tr>
              <th scope="col">Question</th>
              <th scope="col">Asked by</th>
              <th scope="col">Due</th>
              <th scope="col">State</th>
              <th scope="col">Answer</th>
              <th scope="col">Round</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ question, mark }) => (
              <tr key={question.questionId}>
                <th scope="row">
                  {questionText(question)} <Hash value={question.questionId} name="question id" />
                </th>
                <td>{askerOf(client, question)}</td>
                <td>{dueText(question, now)}</td>
                <td>
                  <Mark tone={mark.tone}>{mark.text}</Mark>
                </td>
                <td>{answerOf(question)}</td>
                <td>
                  {question.answer === null ? (
                    '–'
                  ) : (
                    <Link to={`/oracle/rounds/${question.answer.round}`} className="link">
                      {question.answer.round}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function askerOf(client: LichenClient, { spec }: Question) {
  return spec.asker.toLowerCase() === client.addresses.flightCover.toLowerCase() ? (
    'Flight cover'
  ) : (
    <Hash value={spec.asker} name="asker" />
  );
}

function dueText({ spec, answer }: Question, now: number): string {
  if (answer !== null) return `answered ${formatAgo(now - answer.acceptedAt)}`;
  if (now < spec.opensAt) return `opens in ${formatCountdown(spec.opensAt - now)}`;
  return now < spec.answerBy ? `by ${formatChainTime(spec.answerBy)}` : 'deadline passed';
}

function answerOf({ spec, answer }: Question): string {
  if (answer === null) return '–';
  return spec.topic.toLowerCase() === flightTopic || answer.outcome !== 'answered'
    ? answerText(answer.outcome, answer.value)
    : `Value ${integerOfAnswer(answer.value)}`;
}
