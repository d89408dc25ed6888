// Records decisions with blobs as fast as it can and prints each one's leaf hash once it is acknowledged, until it is killed.
import { writeSync } from 'node:fs';
import { openDecisionLog } from '../../src/index.ts';
import { agent, draft, origin, secretKey } from './sampleJournal.ts';

const log = await openDecisionLog({
  folder: process.argv[2]!,
  origin,
  secretKey,
  agent,
  checkpointEveryMs: 5,
  segmentEntries: 256,
  snapshotEvery: 64,
});
writeSync(1, 'open\n');
for (let step = 0; ; step += 1) {
  await Promise.all(
    Array.from({ length: 1 + (step % 40) }, async (_, at) => {
      const sha256 = log.keep(Buffer.from(`input ${log.journal.size()} ${at}`));
      const isIntent = at % 7 === 0;
      const { leafHash } = await log.record({
        ...draft,
        kind: isIntent ? 'intent' : 'refusal',
        choice: sha256,
      });
      writeSync(1, `${leafHash} ${isIntent ? 'open' : '-'}\n`);
    }),
  );
}
