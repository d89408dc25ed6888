import type { Decision } from '@lichen/protocol';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Table } from '../parts/Table.tsx';
import classes from './journal.module.css';
import { plainText } from './plainText.ts';

/** What was chosen and rejected, by which rules and model, after which checks, and the act that was to follow. */
export function DecisionChoice(props: { decision: Decision }) {
  const { act, amounts, checks, choice, model, rejected, rules } = props.decision;
  return (
    <Panel title="What it chose">
      <div className={classes.stack}>
        <p className={classes.choice}>{plainText(choice) || 'Nothing was put down.'}</p>
        <Facts
          items={[
            ['Rules', <Hash key="rules" value={rules.sha256} name="hash of the rules" />],
            ['Version of the rules', plainText(rules.version)],
            ...(model === null
              ? [['Model', 'none was asked'] as const]
              : [
                  ['Model', plainText(model.id)] as const,
                  [
                    'Given to the model',
                    <Hash key="input" value={model.input} name="hash of the model’s input" />,
                  ] as const,
                  [
                    'Its answer',
                    <Hash key="output" value={model.output} name="hash of the model’s answer" />,
                  ] as const,
                ]),
            ...amounts.map(
              ({ amount, asset }, at) =>
                [`Amount ${at + 1}`, `${amount} base units of ${plainText(asset)}`] as const,
            ),
          ]}
        />
        {checks.length === 0 ? (
          <p className={classes.none}>No rule with a limit was looked at.</p>
        ) : (
          <Table name="Checks before acting">
            <thead>
              <tr>
                <th scope="col">Rule looked at</th>
                <th scope="col">Found</th>
                <th scope="col">Limit</th>
                <th scope="col">Passed</th>
              </tr>
            </thead>
            <tbody>
              {checks.map(({ rule, got, limit, passed }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
                <tr key={at}>
                  <th scope="row">{plainText(rule)}</th>
                  <td>{plainText(got)}</td>
                  <td>{plainText(limit)}</td>
                  <td>
                    <Mark tone={passed ? 'good' : 'bad'}>{passed ? 'Yes' : 'No'}</Mark>
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        {rejected.length === 0 ? (
          <p className={classes.none}>It rejected no other option.</p>
        ) : (
          <Table name="Rejected options">
            <thead>
              <tr>
                <th scope="col">Rejected</th>
                <th scope="col">Because</th>
              </tr>
            </thead>
            <tbody>
              {rejected.map(({ option, reason }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
                <tr key={at}>
                  <th scope="row">{plainText(option)}</th>
                  <td className={classes.wide}>{plainText(reason)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        {act !== null && (
          <Table name="Calls it was about to make">
            <thead>
              <tr>
                <th scope="col">Call to</th>
                <th scope="col">Function</th>
                <th scope="col">Hash of its data</th>
              </tr>
            </thead>
            <tbody>
              {act.calls.map(({ to, selector, dataSha256 }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes its order.
                <tr key={at}>
                  <td>
                    <Hash value={plainText(to)} name={`address of call ${at + 1}`} />
                  </td>
                  <td>{selector}</td>
                  <td>
                    <Hash value={dataSha256} name={`data hash of call ${at + 1}`} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </div>
    </Panel>
  );
}
