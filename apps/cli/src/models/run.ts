import { describeFeatures, LichenError } from '@lichen/protocol';
import { findFlight, type LichenClient, quoteCover, runModel, runModelOnChain } from '@lichen/sdk';
import { type Hex, hexToBytes } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { featureText, percentText } from '../cover/contributionText.ts';

export interface RunModelOptions {
  /** 16 bytes of 0..127; or a flight, whose signed features are then asked for. */
  readonly input?: Hex;
  readonly flight?: string;
}

async function inputOf(client: LichenClient, options: RunModelOptions): Promise<Uint8Array> {
  if ((options.input === undefined) === (options.flight === undefined)) {
    throw new LichenError('bad-input', 'Name either the input bytes or a flight.', {
      expected: 'one of --input 0x… and --flight UA1545',
      retry: 'after-fix',
    });
  }
  if (options.input !== undefined) return hexToBytes(options.input);
  const flight = await findFlight(client, { name: options.flight! });
  // The smallest round payout: only the checked features of the quote are used.
  const quote = await quoteCover(client, { flightId: flight.flightId, payout: 100_000_000n });
  return hexToBytes(quote.report.features);
}

/**
 * Runs the model here and on the chain and compares.
 * @throws LichenError `sources-disagree` when the two differ, `bad-input` for a malformed input.
 */
export async function runModelCommand(client: LichenClient, options: RunModelOptions): Promise<Answer> {
  const input = await inputOf(client, options);
  const features = describeFeatures(input);
  const [here, onChain] = await Promise.all([
    runModel(client, { input }),
    runModelOnChain(client, { input }),
  ]);
  if (here !== onChain) {
    throw new LichenError('sources-disagree', 'The model gives another output on the chain than here.', {
      got: `${onChain} ppm on the chain`,
      expected: `${here} ppm as computed here`,
      next: 'Do not rely on this network; report this to its operator.',
    });
  }
  const lines = features.map(
    (feature) => `  ${feature.label.padEnd(42)}${String(feature.byte).padStart(3)}   ${featureText(feature)}`,
  );
  return {
    json: {
      modelId: client.config.modelId,
      input: [...input],
      outputPpm: here,
      onChainPpm: onChain,
      features,
    },
    text: [
      `Chance of a payout: ${percentText(here)} (${here} parts per million), the same here and on the chain.`,
      '',
      ...lines,
    ].join('\n'),
  };
}
