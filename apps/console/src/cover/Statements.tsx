import type { SignedStatement } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { formatDelay } from '../format/duration.ts';
import { formatChainTime } from '../format/moment.ts';
import { Mark } from '../parts/Mark.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { flightAnswerOf } from './answerText.ts';
import { flightStateText } from './flightStateText.ts';

/** What each source has signed about a flight, one row a source; silent sources say so. */
export function Statements(props: { statements: readonly SignedStatement[] }) {
  const { sources } = useClient().config;
  return (
    <Table name="Statements of the sources">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Says</th>
          <th scope="col" className={table.number}>
            Observed
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => {
          const signed = props.statements.find(
            (candidate) => candidate.source.toLowerCase() === source.address.toLowerCase(),
          );
          return (
            <tr key={source.address}>
              <th scope="row">{source.name}</th>
              <td>{signed === undefined ? <Mark tone="calm">Nothing yet</Mark> : statementText(signed)}</td>
              <td className={table.number}>
                {signed === undefined ? '–' : formatChainTime(signed.statement.observedAt)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function statementText({ statement }: SignedStatement): string {
  const state = flightAnswerOf(statement.value);
  if (state === undefined) return `Answer ${statement.value}`;
  return state === 'on-time' || state === 'late'
    ? `Landed ${formatDelay(Number(statement.detail))}`
    : flightStateText({ state, departureDelayMinutes: null, arrivalDelayMinutes: null });
}
