import type { Decision } from '@lichen/protocol';
import type { ListedDecision } from '@lichen/sdk';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { kindText, outcomeOf, resultMark } from './decisionWords.ts';
import { plainText } from './plainText.ts';

/** What came of a decision, and the decisions before and behind it. */
export function DecisionPlace(props: {
  name: string;
  decision: Decision;
  leafHash: string;
  /** The newest decisions of the journal; undefined while they are not read. */
  listed: readonly ListedDecision[] | undefined;
  isFailed: boolean;
}) {
  const { decision, leafHash, listed, name } = props;
  const outcome = listed && outcomeOf(listed, leafHash);
  const result = decision.result ?? outcome?.decision.result ?? null;
  const mark = result && resultMark(result);

  function linkTo(hash: string | null, none: string): ReactNode {
    if (hash === null) return none;
    const found = listed?.find((entry) => entry.leafHash === hash);
    return found === undefined ? (
      <Hash value={hash} name="leaf hash of that decision" />
    ) : (
      <Link to={`/journal/${name}/${found.index}`} className="link">
        {kindText(found.decision.kind)} {found.index}
      </Link>
    );
  }

  const waiting = props.isFailed ? 'could not be read' : '…';
  return (
    <Panel title="What came of it">
      <Facts
        columns={1}
        items={[
          [
            'Result',
            mark !== null ? (
              <Mark key="result" tone={mark.tone}>
                {mark.text}
              </Mark>
            ) : listed === undefined ? (
              waiting
            ) : decision.kind === 'intent' ? (
              'none among the newest decisions'
            ) : (
              'none to wait for'
            ),
          ],
          ...(result === null || result.reason === ''
            ? []
            : [
                [
                  'Told',
                  <LongText key="told" text={plainText(result.reason)} name="what was told" />,
                ] as const,
              ]),
          ...(result?.block == null ? [] : [['Block', result.block] as const]),
          ...(result?.transaction == null
            ? []
            : [
                [
                  'Transaction',
                  <Hash key="transaction" value={result.transaction} name="transaction" />,
                ] as const,
              ]),
          ...(outcome === undefined ? [] : [['Told by', linkTo(outcome.leafHash, '')] as const]),
          ...(decision.refersTo === null
            ? []
            : [['Refers to', linkTo(decision.refersTo, 'nothing')] as const]),
          ['Decision before', linkTo(decision.previous, 'it is the first')],
          ['Its leaf hash', <Hash key="leaf" value={leafHash} name="leaf hash of this decision" />],
        ]}
      />
    </Panel>
  );
}
