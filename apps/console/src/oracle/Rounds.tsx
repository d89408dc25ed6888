import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { formatChainTime } from '../format/moment.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Table } from '../parts/Table.tsx';
import { isHeartbeat, type ToldRound } from './roundData.ts';
import { SignerDots } from './SignerDots.tsx';

/** Recent rounds, newest first, each leading to what was seen in it. */
export function Rounds(props: { rounds: readonly ToldRound[]; onlyAnswers: boolean }) {
  const { reporters } = useClient().config;
  const now = useNow();
  if (props.rounds.length === 0) {
    return props.onlyAnswers ? (
      <EmptyNote title="No answers lately">Only heartbeats in the rounds that are shown here.</EmptyNote>
    ) : (
      <EmptyNote title="No rounds yet">The first one comes within a minute of the start.</EmptyNote>
    );
  }
  return (
    <Table name="Recent rounds">
      <thead>
        <tr>
          <th scope="col">Round</th>
          <th scope="col">Time</th>
          <th scope="col">Answers</th>
          <th scope="col">Signers</th>
          <th scope="col">Transaction</th>
        </tr>
      </thead>
      <tbody>
        {props.rounds.map((round) => (
          <tr key={round.round}>
            <th scope="row">
              <Link to={`/oracle/rounds/${round.round}`} className="link">
                {round.round}
              </Link>
            </th>
            <td>
              {formatChainTime(round.observedTo)}{' '}
              <span className="soft">{formatAgo(now - round.observedTo)}</span>
            </td>
            <td>
              {round.leaves.length === 0 ? (
                <span className="soft">
                  {isHeartbeat(round.root) ? 'none, a heartbeat' : 'no longer kept'}
                </span>
              ) : (
                `${round.leaves.length} ${round.leaves.length === 1 ? 'answer' : 'answers'}`
              )}
            </td>
            <td>
              <SignerDots signers={round.chain.signers} reporters={reporters.length} />
            </td>
            <td>
              <Hash value={round.chain.transaction} name={`transaction of round ${round.round}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
