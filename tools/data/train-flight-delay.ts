// Trains the shipped flight-delay model from the shipped record and writes it beside it.
// With --check it writes nothing and fails unless the training gives the shipped bytes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { trainFlightDelay } from '../../packages/node/src/models/trainFlightDelay.ts';
import { writeFlightDelay } from '../../packages/node/src/models/writeFlightDelay.ts';
import { loadRecord } from '../../packages/node/src/record/loadRecord.ts';

const data = fileURLToPath(new URL('../../applications/flight-cover/data', import.meta.url));
const trained = await trainFlightDelay({
  record: loadRecord(data),
  onProgress: ({ step, done, detail }) =>
    process.stdout.write(`${(done * 100).toFixed(0).padStart(3)} % ${step}: ${detail}\n`),
});
process.stdout.write(`model ${trained.modelId}\nmanifest ${trained.manifestHash}\n`);
if (process.argv.includes('--check')) {
  const same =
    Buffer.compare(readFileSync(`${data}/model/flight-delay.model.bin`), trained.blob) === 0 &&
    Buffer.compare(readFileSync(`${data}/model/manifest.json`), trained.manifestBytes) === 0;
  process.stdout.write(
    same ? 'The shipped model is what this training gives.\n' : 'The shipped model differs.\n',
  );
  process.exitCode = same ? 0 : 1;
} else {
  writeFlightDelay(trained, `${data}/model`);
}
