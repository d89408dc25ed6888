import { type Mandate, pauseMandate, revokeMandate } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useActs } from '../../acts/ActProvider.tsx';
import { useClient } from '../../client/ClientProvider.tsx';
import { useNow } from '../../clock/useNow.ts';
import { formatChainTime } from '../../format/moment.ts';
import { formatMoney } from '../../format/money.ts';
import { Hash } from '../../parts/Hash.tsx';
import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Table } from '../../parts/Table.tsx';
import table from '../../parts/table.module.css';
import { MandateBounds } from './MandateBounds.tsx';
import { mandateMark } from './mandateMark.ts';
import classes from './mandates.module.css';
import { doneText } from './mandateWords.ts';

/** One mandate: who, what, how much is left, what was done, and the two ways to stop it. */
export function MandateCard(props: { mandate: Mandate; allPaused: boolean }) {
  const { mandate } = props;
  const { terms, uses } = mandate;
  const { addresses } = useClient();
  const { busy, runAs } = useActs();
  const now = useNow();
  const mark = mandateMark(mandate, now);
  const ended = mark.ended;
  const label = mandate.label === '' ? 'Agent without a name' : mandate.label;
  return (
    <Panel
      title={label}
      note={<Hash value={terms.agent} name={`address of ${label}`} />}
      aside={<Mark tone={mark.tone}>{mark.text}</Mark>}
    >
      <div className={classes.card}>
        <MandateBounds mandate={mandate} hasEnded={ended} />
        {uses.length === 0 ? (
          <p className={classes.expiry}>{ended ? 'It did nothing.' : 'It has done nothing yet.'}</p>
        ) : (
          <details className={classes.uses}>
            <summary>
              What it did: {uses.length} {uses.length === 1 ? 'call' : 'calls'}
            </summary>
            <Table name={`What ${label} did`}>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">What</th>
                  <th scope="col" className={table.number}>
                    Amount
                  </th>
                  <th scope="col">Transaction</th>
                </tr>
              </thead>
              <tbody>
                {uses
                  .map((use, position) => ({ use, key: `${use.transaction} ${position}` }))
                  .reverse()
                  .map(({ use, key }) => (
                    <tr key={key}>
                      <td>{use.at === undefined ? `block ${use.block}` : formatChainTime(use.at)}</td>
                      <td>{doneText(addresses, use)}</td>
                      <td className={table.number}>{formatMoney(use.amount)}</td>
                      <td>
                        <Hash value={use.transaction} name="transaction" />
                      </td>
                    </tr>
                  ))}
              </tbody>
            </Table>
          </details>
        )}
        {!ended && (
          <div className={classes.actions}>
            <Button
              variant="default"
              disabled={busy || props.allPaused}
              onClick={() =>
                void runAs(
                  mandate.status === 'paused' ? `Letting “${label}” go on` : `Pausing “${label}”`,
                  (signing, options) =>
                    pauseMandate(signing, { id: mandate.id, paused: mandate.status !== 'paused' }, options),
                )
              }
            >
              {mandate.status === 'paused' && !props.allPaused ? 'Let it go on' : 'Pause'}
            </Button>
            <Button
              variant="light"
              color="rust"
              disabled={busy}
              onClick={() =>
                void runAs(`Revoking “${label}”`, (signing, options) =>
                  revokeMandate(signing, { id: mandate.id }, options),
                )
              }
            >
              Revoke
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}
