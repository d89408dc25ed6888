import { loadFlightDelay, loadRecord, type TrainingProgress, trainFlightDelay } from '@lichen/node';
import type { Answer } from '../cover/clientCommand.ts';
import { repository } from '../support/repository.ts';

/**
 * Trains the flight-delay model from the shipped record and compares its id with the shipped model's: the same bytes
 * in must give the same bytes out, on any machine.
 * @throws LichenError `not-found`, `state-damaged` when record or model are missing or not the published ones.
 */
export async function trainModelCommand(options: {
  readonly onProgress: (line: string) => void;
}): Promise<Answer> {
  const { modelId: publishedId } = loadFlightDelay(repository.dataDir);
  let told = '';
  const onProgress = ({ step, done, detail }: TrainingProgress) => {
    const line = `${String(Math.round(done * 100)).padStart(3)} %  ${step}: ${detail}`;
    if (line !== told) options.onProgress(line);
    told = line;
  };
  const trained = await trainFlightDelay({ record: loadRecord(repository.dataDir), onProgress });
  const same = trained.modelId === publishedId;
  return {
    json: {
      modelId: trained.modelId,
      publishedId,
      same,
      manifestHash: trained.manifestHash,
      card: trained.card,
    },
    text: [
      same
        ? 'The training gives the published model, bit for bit.'
        : 'The training gives ANOTHER model than the published one.',
      `  trained    ${trained.modelId}`,
      `  published  ${publishedId}`,
      `  held-out   area under the curve ${trained.card.heldOut.auc}`,
      ...(same ? [] : ['Features, record or training plan have changed since the model was published.']),
    ].join('\n'),
  };
}
