import { listJournals } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { Waiting } from '../parts/Waiting.tsx';
import { journalName, operatorsOf, writerName } from './decisionWords.ts';
import classes from './journal.module.css';
import { PolicyNote } from './PolicyNote.tsx';
import { usePolicy } from './usePolicy.ts';

/** The journals of the network: who writes them, how long they are, who witnessed them, what is on the chain. */
export function JournalPage() {
  const client = useClient();
  const { config } = client;
  const now = useNow();
  const policy = usePolicy();
  useEffect(() => {
    // So that the page is there when the network is not; its own link tells when it cannot be had.
    import('./VerifyPage.tsx').catch(() => undefined);
  }, []);
  const journals = useQuery({
    queryKey: ['journals'],
    queryFn: () => listJournals(client),
    refetchInterval: 5_000,
  });
  const witnessesOf = (names: readonly string[]) =>
    names.map((name) => writerName(config, name.slice(name.lastIndexOf('/') + 1)));
  return (
    <>
      <PageHead
        title="Journal"
        lead="Every decision is recorded before it is signed, the others witness the record, and the chain keeps its fingerprint: not even the operator can rewrite it."
        aside={
          <Link to="/verify" className="link">
            Verify a file without the network
          </Link>
        }
      />
      <div className={classes.stack}>
        <PolicyNote {...policy} />
        <Panel
          title="Journals"
          note="One for each reporter and each agent. A head is its signed size and fingerprint."
        >
          {journals.isPending && (
            <Waiting rows={Math.max(1, config.journals.length)} height={46} name="journals" />
          )}
          {journals.isError && journals.data === undefined && <ErrorNote error={journals.error} />}
          {journals.data?.length === 0 && (
            <EmptyNote title="This network keeps no journals">
              Its reporters run a version without them.
            </EmptyNote>
          )}
          {journals.data !== undefined && journals.data.length > 0 && (
            <Table name="Journals">
              <thead>
                <tr>
                  <th scope="col">Journal of</th>
                  <th scope="col" className={table.number}>
                    Decisions
                  </th>
                  <th scope="col">Head witnessed by</th>
                  <th scope="col">Witnessed</th>
                  <th scope="col">On the chain</th>
                  <th scope="col">Transaction</th>
                </tr>
              </thead>
              <tbody>
                {journals.data.map(({ origin, writer, head, witnessedBy, witnessedAt, anchored }, at) => (
                  <tr key={origin}>
                    <th scope="row" className={classes.steady}>
                      <Link to={`/journal/${at + 1}`} className="link">
                        {journalName(config, { origin, writer })}
                      </Link>
                    </th>
                    <td className={table.number}>{head?.size ?? '–'}</td>
                    <td>
                      {head === undefined ? (
                        <span className="soft">its writer does not answer</span>
                      ) : witnessedBy.length === 0 ? (
                        <span className="soft">nobody yet</span>
                      ) : (
                        <span title={witnessesOf(witnessedBy).join(', ')}>
                          {witnessedBy.length} of {operatorsOf(config)} operators
                          <span className="hidden-visually">: {witnessesOf(witnessedBy).join(', ')}</span>
                        </span>
                      )}
                    </td>
                    <td className={classes.steady}>
                      {witnessedAt === undefined ? '–' : formatAgo(now - witnessedAt)}
                    </td>
                    <td className={classes.steady}>
                      {anchored === undefined ? (
                        <span className="soft">not yet</span>
                      ) : (
                        `${anchored.size} in block ${anchored.block}`
                      )}
                    </td>
                    <td>
                      {anchored === undefined ? (
                        '–'
                      ) : (
                        <Hash
                          value={anchored.transaction}
                          name={`transaction that anchored journal ${at + 1}`}
                        />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </Panel>
      </div>
    </>
  );
}
