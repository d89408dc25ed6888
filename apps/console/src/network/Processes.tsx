import { getNetwork, type NetworkState } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatSpan } from '../format/duration.ts';
import { formatChainTime } from '../format/moment.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Mark, type Tone } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './NetworkPage.module.css';

const tones: Readonly<Record<string, Tone>> = {
  running: 'good',
  starting: 'alive',
  restarting: 'alive',
  stopped: 'bad',
};

/** The processes of the network and what happened to them lately. */
export function Processes() {
  const client = useClient();
  const now = useNow();
  const network = useQuery({
    queryKey: ['network'],
    queryFn: () => getNetwork(client),
    refetchInterval: 2_000,
  });
  const processes = network.data?.processes ?? [];
  const running = processes.filter(({ state }) => state === 'running').length;
  return (
    <Panel
      title="Processes"
      aside={
        <span className="soft">
          {network.data === undefined ? ' ' : `${running} of ${processes.length} running`}
        </span>
      }
    >
      {network.isPending && <Waiting rows={10} height={34} name="processes" />}
      {network.isError && network.data === undefined && <ErrorNote error={network.error} />}
      {network.data !== undefined && (
        <Table name="Processes">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">State</th>
              <th scope="col" className={table.number}>
                Restarts
              </th>
              <th scope="col" className={table.number}>
                Since
              </th>
              <th scope="col" className={table.number}>
                Process id
              </th>
            </tr>
          </thead>
          <tbody>
            {processes.map((process) => (
              <tr key={process.name}>
                <th scope="row">{process.name}</th>
                <td>
                  <Mark tone={tones[process.state] ?? 'calm'}>{process.state}</Mark>
                </td>
                <td className={table.number}>
                  {process.restarts} {process.restarts === 1 ? 'restart' : 'restarts'}
                </td>
                <td className={table.number}>{formatSpan(now - process.since)}</td>
                <td className={table.number}>{process.pid ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {network.data !== undefined && network.data.events.length > 0 && (
        <ol className={classes.events} aria-label="Latest events, newest first">
          {withStableKeys(network.data.events).map(([key, event]) => (
            <li key={key}>
              <time dateTime={new Date(event.at * 1000).toISOString()}>{formatChainTime(event.at)}</time>
              <span>{event.text}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/**
 * Events newest first, each under a key that stays its own when older ones are dropped: its moment, its text, and how
 * many equal ones came before it in that second.
 */
function withStableKeys(
  events: NetworkState['events'],
): readonly (readonly [string, NetworkState['events'][number]])[] {
  const seen = new Map<string, number>();
  return events
    .map((event) => {
      const name = `${event.at} ${event.text}`;
      const earlier = seen.get(name) ?? 0;
      seen.set(name, earlier + 1);
      return [`${name} ${earlier}`, event] as const;
    })
    .reverse();
}
