// Trains the model of risk from the shipped record and writes it. With --check it writes nothing and fails unless the
// training gives the shipped bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openRecord } from '../feed/openRecord.ts';
import { trainRisk } from './trainRisk.ts';

const folder = fileURLToPath(new URL('../../model', import.meta.url));
const { bars, sha256 } = openRecord();
const { blob, card } = await trainRisk(bars, sha256);
const cardText = `${JSON.stringify(card, null, 1)}\n`;
if (process.argv.includes('--check')) {
  const isSame =
    Buffer.compare(readFileSync(`${folder}/risk.model.bin`), blob) === 0 &&
    readFileSync(`${folder}/card.json`, 'utf8') === cardText;
  process.stdout.write(
    `${isSame ? 'The shipped model is what this training gives.' : 'The shipped model differs.'}\n`,
  );
  process.exitCode = isSame ? 0 : 1;
} else {
  writeFileSync(`${folder}/risk.model.bin`, blob);
  writeFileSync(`${folder}/card.json`, cardText);
  process.stdout.write(`${cardText}`);
}
