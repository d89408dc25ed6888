import { featureDefinitions, featureNames } from '@lichen/protocol';
import { getModel, type LichenClient } from '@lichen/sdk';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';

/** Numbers of a manifest or card as `name value` lines, nested ones by their path; other values as they are. */
function factLines(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`  ${path.padEnd(40)}${String(value)}`];
  if (Array.isArray(value)) return [`  ${path.padEnd(40)}${value.length} entries`];
  return Object.entries(value).flatMap(([name, inner]) =>
    factLines(inner, path === '' ? name : `${path} ${name}`),
  );
}

/** The model behind the prices: its id, its inputs, and what its manifest says of it. */
export async function showModelCommand(client: LichenClient): Promise<Answer> {
  const model = await getModel(client);
  const inputs = tableText(
    [
      { title: 'Input', align: 'right' },
      { title: 'Meaning' },
      { title: 'Unit' },
      { title: 'Typical byte', align: 'right' },
    ],
    featureNames.map((name, index) => [
      String(index),
      featureDefinitions[name].label,
      featureDefinitions[name].scale.unit,
      String(model.baseline[index] ?? ''),
    ]),
  );
  const facts = factLines({ metrics: model.manifest.metrics ?? {}, training: model.manifest.training ?? {} });
  return {
    json: {
      modelId: model.modelId,
      bytes: model.blob.length,
      baseline: [...model.baseline],
      manifest: model.manifest,
      card: model.card,
    },
    text: [
      `Model ${model.modelId}`,
      `${model.blob.length} bytes; the id is the keccak256 of the weights, checked here.`,
      '',
      inputs,
      ...(facts.length === 0 ? [] : ['', 'From the manifest:', ...facts]),
    ].join('\n'),
  };
}
