import type { Decision } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ShortList } from '../parts/ShortList.tsx';
import { Table } from '../parts/Table.tsx';
import { amountText } from './amountText.ts';
import classes from './journal.module.css';
import { knownAssetsOf } from './knownAssetsOf.ts';
import { plainText } from './plainText.ts';

/** More amounts than any trade has; those behind are in the receipt. */
const mostAmounts = 12;

/** What was chosen and rejected, and the calls that were to follow. */
export function DecisionChoice(props: { decision: Decision }) {
  const { act, amounts, choice, kind, rejected } = props.decision;
  const isPast = kind === 'outcome' || kind === 'payment';
  const isDecided = kind === 'intent' || kind === 'refusal';
  const known = knownAssetsOf(useClient().config);
  return (
    <Panel title="What it chose">
      <div className={classes.stack}>
        <p className={classes.choice}>
          <LongText text={plainText(choice) || 'Nothing was put down.'} name="what it chose" />
        </p>
        {amounts.length > 0 && (
          <Facts
            items={amounts.slice(0, mostAmounts).map(({ amount, asset }, at) => {
              const isSpent = amount.startsWith('-');
              const name = `${isSpent ? (isPast ? 'Spent' : 'Spends') : isPast ? 'Got' : 'Gets'}${amounts.length > 2 ? ` (${at + 1})` : ''}`;
              const text = amountText(known, { amount: isSpent ? amount.slice(1) : amount, asset });
              return [name, <LongText key={name} text={text} name={name} />] as const;
            })}
          />
        )}
        {rejected.length === 0 ? (
          isDecided && <p className={classes.none}>It rejected no other option.</p>
        ) : (
          <ShortList items={rejected} most={8} name="rejected options">
            {(shown) => (
              <Table name="Rejected options">
                <thead>
                  <tr>
                    <th scope="col">Rejected</th>
                    <th scope="col">Because</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map(({ option, reason }, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
                    <tr key={at}>
                      <th scope="row" className={classes.long}>
                        <LongText text={plainText(option)} name={`option ${at + 1}`} />
                      </th>
                      <td className={classes.wide}>
                        <LongText text={plainText(reason)} name={`reason ${at + 1}`} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            )}
          </ShortList>
        )}
        {act !== null && (
          <ShortList items={act.calls} most={8} name="calls">
            {(shown) => (
              <Table name="Calls it was about to make">
                <thead>
                  <tr>
                    <th scope="col">Call to</th>
                    <th scope="col">Function</th>
                    <th scope="col">Hash of its data</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map(({ to, selector, dataSha256 }, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
                    <tr key={at}>
                      <td>
                        <Hash value={plainText(to)} name={`address of call ${at + 1}`} />
                      </td>
                      <td>{plainText(selector)}</td>
                      <td>
                        <Hash value={dataSha256} name={`data hash of call ${at + 1}`} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            )}
          </ShortList>
        )}
      </div>
    </Panel>
  );
}
