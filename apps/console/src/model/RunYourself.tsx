import { decodeModel, describeFeatures, infer } from '@lichen/protocol';
import { type PublishedModel, runModelOnChain } from '@lichen/sdk';
import { Button, Slider } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { bytesToHex } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { formatProbability } from '../format/probability.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import classes from './RunYourself.module.css';

/** Sixteen sliders; the same input run in this browser and on the chain, compared to the last bit. */
export function RunYourself(props: { model: PublishedModel }) {
  const { model } = props;
  const client = useClient();
  const network = useMemo(() => decodeModel(model.blob), [model]);
  const [input, setInput] = useState(model.baseline);
  const [settled] = useDebouncedValue(input, 150);
  const here = infer(network, input);
  const chain = useQuery({
    queryKey: ['infer', bytesToHex(settled)],
    queryFn: () => runModelOnChain(client, { input: settled }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
  });
  const isCurrent = settled === input && chain.data !== undefined && !chain.isPlaceholderData;
  return (
    <Panel
      title="Run it yourself"
      note="Move a slider: your browser and the chain both run the same integer network."
      aside={
        <Button variant="default" size="compact-md" onClick={() => setInput(model.baseline)}>
          Back to a typical flight
        </Button>
      }
    >
      <div className={classes.results}>
        <dl>
          <div>
            <dt>In this browser</dt>
            <dd>{formatProbability(here)}</dd>
            <dd className={classes.exact}>{here.toLocaleString('en')} parts per million</dd>
          </div>
          <div data-stale={!isCurrent}>
            <dt>On the chain</dt>
            <dd>{chain.data === undefined ? (chain.isError ? '–' : '…') : formatProbability(chain.data)}</dd>
            <dd className={classes.exact}>
              {chain.data === undefined ? ' ' : `${chain.data.toLocaleString('en')} parts per million`}
            </dd>
          </div>
        </dl>
        <div className={classes.verdict} role="status">
          {chain.isError ? (
            <Mark tone="bad">The chain did not answer</Mark>
          ) : !isCurrent ? (
            <Mark tone="calm">Asking the chain…</Mark>
          ) : chain.data === here ? (
            <Mark tone="good">Equal, bit for bit</Mark>
          ) : (
            <Mark tone="bad">They differ</Mark>
          )}
          <span>
            Input <Hash value={bytesToHex(input)} name="input bytes" />
          </span>
        </div>
      </div>
      {chain.isError && <ErrorNote error={chain.error} />}
      <div className={classes.sliders}>
        {describeFeatures(input).map((feature, index) => (
          <div key={feature.name} className={classes.feature}>
            <div className={classes.label}>
              <span>{feature.label}</span>
              <strong>{feature.text}</strong>
            </div>
            <Slider
              thumbLabel={`${feature.label}, now ${feature.text}`}
              min={0}
              max={127}
              label={null}
              size="sm"
              value={feature.byte}
              onChange={(byte) => {
                const next = Uint8Array.from(input);
                next[index] = byte;
                setInput(next);
              }}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}
