import { NumberInput, Slider } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import classes from './PayoutChooser.module.css';
import type { PayoutLimits } from './readPayoutLimits.ts';

// Only until the contract has told its limits; the slider is off until then.
const unknown: PayoutLimits = { least: 10, most: 2_000 };

/** Payout in play dollars by slider or by typing; reports only what the hand has settled on. */
export function PayoutChooser(props: {
  dollars: number;
  limits: PayoutLimits | null;
  onChange: (dollars: number) => void;
}) {
  const { least, most } = props.limits ?? unknown;
  const label = useId();
  const [draft, setDraft] = useState(props.dollars);
  useEffect(() => setDraft(props.dollars), [props.dollars]);
  return (
    <div className={classes.chooser}>
      <div className={classes.head}>
        <span id={label}>If the flight is late, you get</span>
        <NumberInput
          aria-label="Payout in play dollars"
          value={draft}
          min={least}
          max={most}
          step={10}
          clampBehavior="blur"
          allowDecimal={false}
          allowNegative={false}
          suffix=" pUSD"
          onChange={(value) => typeof value === 'number' && setDraft(value)}
          onBlur={() => props.onChange(Math.min(most, Math.max(least, draft)))}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onChange(Math.min(most, Math.max(least, draft)));
          }}
        />
      </div>
      <Slider
        disabled={props.limits === null}
        thumbLabel="Payout in play dollars"
        aria-labelledby={label}
        min={least}
        max={most}
        step={10}
        value={draft}
        onChange={setDraft}
        onChangeEnd={props.onChange}
        label={null}
      />
      <div className={classes.ends} aria-hidden>
        <span>{least} pUSD</span>
        <span>{most.toLocaleString('en')} pUSD</span>
      </div>
    </div>
  );
}
