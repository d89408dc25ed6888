import type { Decision } from '@lichen/protocol';
import type { JournalConfig } from '@lichen/sdk';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Panel } from '../parts/Panel.tsx';
import { BlobText } from './BlobText.tsx';
import classes from './journal.module.css';
import { plainText } from './plainText.ts';

/** By which rules, and with which model, a decision was made: their hashes, and their text where it lies beside. */
export function RulesPanel(props: { journal: JournalConfig; decision: Decision }) {
  const { journal } = props;
  const { model, rules } = props.decision;
  return (
    <Panel
      title="By which rules and model"
      note="The rules decide; a model only tells them a number or a text. Both are named by the hash of their bytes."
    >
      <div className={classes.stack}>
        <Facts
          items={[
            [
              'Version of the rules',
              <LongText key="version" text={plainText(rules.version)} name="the version" />,
            ],
            ['SHA-256 of the rules', <Hash key="rules" value={rules.sha256} name="hash of the rules" />],
          ]}
        />
        <BlobText
          journal={journal}
          sha256={rules.sha256}
          name="the rules"
          show="Read the rules"
          hide="Hide the rules"
        />
        {model === null ? (
          <p className={classes.none}>No model was asked.</p>
        ) : (
          <>
            <Facts
              items={[
                [model.kind === 'integer' ? 'Integer model' : 'Language model', modelId(model.id)],
                [
                  'Given to it',
                  <Hash key="input" value={model.input} name="hash of what the model was given" />,
                ],
                ['Its answer', <Hash key="output" value={model.output} name="hash of the model’s answer" />],
                ...(model.settings === ''
                  ? []
                  : [
                      [
                        'Settings',
                        <LongText key="settings" text={plainText(model.settings)} name="the settings" />,
                      ] as const,
                    ]),
              ]}
            />
            <BlobText
              journal={journal}
              sha256={model.input}
              name="what the model was given"
              show="Look at what it was given"
              hide="Hide what it was given"
            />
            <BlobText
              journal={journal}
              sha256={model.output}
              name="the model’s answer"
              show="Look at its answer"
              hide="Hide its answer"
            />
          </>
        )}
      </div>
    </Panel>
  );
}

function modelId(id: string) {
  return /^0x[0-9a-f]{64}$/i.test(id) ? (
    <Hash value={id} name="content address of the model" />
  ) : (
    <LongText text={plainText(id)} name="the model’s name" />
  );
}
