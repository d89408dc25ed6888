import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import { readSources } from './readSources.ts';

const looks = {
  agrees: { tone: 'good', text: 'Agrees with the others' },
  disagrees: { tone: 'bad', text: 'Says something else' },
  silent: { tone: 'bad', text: 'Does not answer' },
  unknown: { tone: 'calm', text: 'Nothing to compare' },
} as const;

/** The flight-status sources, each asked about the flight that left last. */
export function Sources() {
  const client = useClient();
  const { live, sources } = client.config;
  const behaviours = useQuery({
    queryKey: ['sources'],
    queryFn: () => readSources(client, Math.floor(Date.now() / 1000)),
    refetchInterval: 5_000,
  });
  return (
    <Panel title="Sources" note="Replay of recorded days. Each is asked about the flight that left last.">
      {behaviours.isError && behaviours.data === undefined && <ErrorNote error={behaviours.error} />}
      {sources.length === 0 ? (
        <EmptyNote title="No source is registered" />
      ) : (
        <Table name="Sources">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Behaviour</th>
              <th scope="col">Signing address</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((source) => {
              const mode = behaviours.data?.find(({ name }) => name === source.name)?.mode;
              const look = mode === undefined ? { tone: 'calm' as const, text: 'Asking…' } : looks[mode];
              return (
                <tr key={source.address}>
                  <th scope="row">{source.name}</th>
                  <td>
                    <Mark tone={look.tone}>{look.text}</Mark>
                  </td>
                  <td>
                    <Hash value={source.address} name={`address of ${source.name}`} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      )}
      {live.length > 0 && (
        <Table name="Sources of the present">
          <thead>
            <tr>
              <th scope="col">Source of the present</th>
              <th scope="col">Asked for</th>
              <th scope="col">Address</th>
            </tr>
          </thead>
          <tbody>
            {live.map(({ name, origin, use }) => (
              <tr key={`${use} ${name}`}>
                <th scope="row">{name}</th>
                <td>{use === 'status' ? 'flights; it signs nothing' : 'weather; it signs nothing'}</td>
                <td>{origin}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
