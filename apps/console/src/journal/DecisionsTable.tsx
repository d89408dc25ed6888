import type { ListedDecision } from '@lichen/sdk';
import { Link } from 'react-router';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Table } from '../parts/Table.tsx';
import { briefText, kindText, resultMark, resultOf } from './decisionWords.ts';
import classes from './journal.module.css';

export interface DecisionsTableProps {
  /** For those who hear the table. */
  readonly name: string;
  /** Number of the journal in the address of its pages. */
  readonly journal: string;
  readonly decisions: readonly ListedDecision[];
  /** What is said of a decision: what it was at, or what it chose. */
  readonly about: 'task' | 'choice';
  /** Title of the column of times, and a time in words, of unix milliseconds. */
  readonly timeTitle: string;
  readonly timeText: (ms: number) => string;
  readonly hasTransactions?: boolean;
}

const aboutTitles = { task: 'What it was at', choice: 'What it chose' } as const;

/** Decisions of a journal, each with what became of it and the way to its page. */
export function DecisionsTable(props: DecisionsTableProps) {
  const { journal, decisions, about, hasTransactions = false } = props;
  return (
    <Table name={props.name}>
      <thead>
        <tr>
          <th scope="col">Decision</th>
          <th scope="col">{props.timeTitle}</th>
          <th scope="col">Kind</th>
          <th scope="col">{aboutTitles[about]}</th>
          <th scope="col">Result</th>
          {hasTransactions && <th scope="col">Transaction</th>}
        </tr>
      </thead>
      <tbody>
        {decisions.map((entry) => {
          const { decision, index } = entry;
          const result = resultOf(decisions, entry);
          const mark = result && resultMark(result);
          return (
            <tr key={index}>
              <th scope="row">
                <Link to={`/journal/${journal}/${index}`} className="link">
                  {index}
                </Link>
              </th>
              <td className={classes.steady}>{props.timeText(decision.time)}</td>
              <td>{kindText(decision.kind)}</td>
              <td className={classes.wide}>{briefText(decision[about])}</td>
              <td>{mark === null ? '–' : <Mark tone={mark.tone}>{mark.text}</Mark>}</td>
              {hasTransactions && (
                <td>
                  {result?.transaction == null ? (
                    '–'
                  ) : (
                    <Hash value={result.transaction} name={`transaction of decision ${index}`} />
                  )}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
