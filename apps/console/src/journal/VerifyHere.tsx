import { type Decision, parseTrustPolicy } from '@lichen/protocol';
import { getReceipt, type JournalConfig, type LichenClient, listAnchors } from '@lichen/sdk';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { hexToBytes } from 'viem';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Panel } from '../parts/Panel.tsx';
import { downloadText } from './downloadText.ts';
import { fetchBlob } from './fetchBlob.ts';
import classes from './journal.module.css';
import { ReceiptChecks } from './ReceiptChecks.tsx';
import { type TimedReport, timeVerification } from './timeVerification.ts';
import { usePolicy } from './usePolicy.ts';
import { usePreparedVerifier } from './usePreparedVerifier.ts';

/** Inputs that are fetched for a verification; the report says how many of them were at hand. */
const mostInputs = 16;

interface Wanted {
  readonly name: string;
  readonly index: number;
  readonly journal: JournalConfig;
  readonly decision: Decision;
}

/** Gathers all that can be checked, and checks it here. What cannot be had is reported as not checked. */
async function verifyHere(client: LichenClient, wanted: Wanted, policy: string): Promise<TimedReport> {
  const { journal, decision } = wanted;
  const hashes = [...new Set(decision.inputs.map(({ sha256 }) => sha256))].slice(0, mostInputs);
  const [receipt, anchors, blobs] = await Promise.all([
    getReceipt(client, { journal: wanted.name, index: wanted.index }),
    listAnchors(client, journal.writer).catch(() => undefined),
    Promise.all(
      hashes.map((hash) =>
        fetchBlob(client, journal, hash).then(
          (bytes) => [[hash, bytes] as const],
          () => [],
        ),
      ),
    ),
  ]);
  return timeVerification({
    receipt,
    policy: parseTrustPolicy(policy),
    blobs: new Map(blobs.flat()),
    ...(anchors === undefined
      ? {}
      : {
          anchors: anchors.map(({ size, root, block }) => ({
            size,
            root: hexToBytes(root),
            where: `block ${block}`,
          })),
        }),
  });
}

/** Downloads the receipt of a decision, or verifies it in this browser. */
export function VerifyHere(props: Wanted) {
  const client = useClient();
  const { standing } = usePolicy();
  usePreparedVerifier();
  // Without a network they fail and say so, rather than wait for it.
  const verification = useMutation({
    networkMode: 'always',
    mutationFn: () => verifyHere(client, props, standing!.kept.text),
  });
  const download = useMutation({
    networkMode: 'always',
    mutationFn: async () =>
      downloadText(
        `decision-${props.index}.tlog-proof`,
        await getReceipt(client, { journal: props.name, index: props.index }),
      ),
  });
  const error = verification.error ?? download.error;
  return (
    <Panel
      title="Does it hold?"
      note="Your browser checks it with the keys that it remembers of this network. The receipt proves it anywhere, for good."
    >
      <div className={classes.buttons}>
        <Button loading={verification.isPending} onClick={() => verification.mutate()}>
          Verify here
        </Button>
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          Download receipt
        </Button>
      </div>
      {error !== null && (
        <div style={{ marginTop: 14 }}>
          <ErrorNote error={error} />
        </div>
      )}
      <div role="status">
        {verification.data !== undefined && <ReceiptChecks {...verification.data} isOwnPolicy />}
      </div>
    </Panel>
  );
}
