import { type AccountRecovery, setGuardians } from '@lichen/sdk';
import { Button, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type Address, getAddress, isAddress } from 'viem';
import { useActs } from '../../acts/ActProvider.tsx';
import { formatSpan } from '../../format/duration.ts';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';

/** Delays that people can relate to, seconds; those below the contract's shortest are left out. */
const delays = [60, 3_600, 86_400, 2 * 86_400, 7 * 86_400];

/** Sets who the guardians are, how many must agree, and how long the account can refuse: one prompt. */
export function GuardianForm(props: { recovery: AccountRecovery }) {
  const { recovery } = props;
  const { busy, runAs } = useActs();
  const [text, setText] = useState(recovery.guardians.join('\n'));
  const choices = [...new Set([recovery.minDelaySeconds, ...delays])]
    .filter((delay) => delay >= recovery.minDelaySeconds)
    .sort((a, b) => a - b);
  const [delay, setDelay] = useState(
    recovery.delaySeconds > 0
      ? recovery.delaySeconds
      : (choices.find((choice) => choice >= 86_400) ?? choices[0]!),
  );
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !isAddress(word, { strict: false }));
  const guardians: Address[] = wrong === undefined ? words.map((word) => getAddress(word)) : [];
  const [threshold, setThreshold] = useState(Math.max(1, recovery.threshold || 2));
  const agreed = Math.min(threshold, Math.max(1, words.length));
  return (
    <Panel title={recovery.guardians.length === 0 ? 'Choose guardians' : 'Change guardians'}>
      <form
        className={classes.inner}
        onSubmit={(event) => {
          event.preventDefault();
          void runAs('Setting your guardians', (signing, options) =>
            setGuardians(signing, { guardians, threshold: agreed, delaySeconds: delay, ...options }),
          );
        }}
      >
        <Textarea
          label="Their addresses"
          description="Lichen accounts of people whom you trust, one a line."
          placeholder={'0x…\n0x…\n0x…'}
          minRows={3}
          maxRows={8}
          autosize
          value={text}
          spellCheck={false}
          error={wrong === undefined ? undefined : `“${wrong.slice(0, 20)}” is no address.`}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NumberInput
          label="So many must agree"
          suffix={` of ${Math.max(1, words.length)}`}
          min={1}
          max={Math.max(1, words.length)}
          allowDecimal={false}
          value={agreed}
          onChange={(value) => typeof value === 'number' && setThreshold(value)}
        />
        <NativeSelect
          label="Time to refuse"
          value={String(delay)}
          onChange={(event) => setDelay(Number(event.currentTarget.value))}
          data={[...new Set([...choices, delay])]
            .sort((a, b) => a - b)
            .map((choice) => ({ value: String(choice), label: formatSpan(choice) }))}
        />
        <Button type="submit" disabled={busy || guardians.length === 0}>
          Set guardians
        </Button>
      </form>
    </Panel>
  );
}
