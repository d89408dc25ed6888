import { getMetrics } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../client/ClientProvider.tsx';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './agents.module.css';
import { comparisons, figureGroups, figureWarning } from './metricWords.ts';

/** freqtrade's figures of an agent, those of buying and holding beside them. */
export function FiguresPanel(props: { agent: string }) {
  const client = useClient();
  const { agent } = props;
  const metrics = useQuery({
    queryKey: ['agent', agent, 'metrics'],
    queryFn: () => getMetrics(client, { agent }),
    refetchInterval: 15_000,
  });
  const compared = metrics.data === undefined ? [] : comparisons(metrics.data);
  const groups = metrics.data === undefined ? [] : figureGroups(metrics.data);
  const warning = metrics.data === undefined ? '' : figureWarning(metrics.data);
  return (
    <Panel
      title="Figures"
      note="Defined as freqtrade defines them, made from the journal alone: whoever has the journal can compute them again."
    >
      {metrics.isPending && <Waiting rows={6} height={40} name="figures" />}
      {metrics.isError && metrics.data === undefined && <ErrorNote error={metrics.error} />}
      {metrics.data !== undefined && groups.length === 0 && (
        <EmptyNote title="No figures yet">They come with the first day that the agent decides.</EmptyNote>
      )}
      <div className={classes.stack}>
        {warning !== '' && <p className={classes.small}>{warning}</p>}
        {compared.length > 0 && (
          <Table name="The agent and buy and hold">
            <thead>
              <tr>
                <th scope="col">Figure</th>
                <th scope="col" className={table.number}>
                  The agent
                </th>
                <th scope="col" className={table.number}>
                  Buy and hold
                </th>
              </tr>
            </thead>
            <tbody>
              {compared.map(({ name, agent: mine, hold }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className={table.number}>{mine}</td>
                  <td className={table.number}>{hold}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        {groups.map(({ title, figures }) => (
          <section key={title} className={classes.group} aria-label={title}>
            <h3>{title}</h3>
            <dl className={classes.figures}>
              {figures.map(({ name, value, meaning }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    {value}
                    {meaning !== undefined && <small>{meaning}</small>}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}
