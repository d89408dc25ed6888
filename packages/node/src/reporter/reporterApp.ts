import { LichenError, type OracleVerifier } from '@lichen/protocol';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { errorResponse, parseInput } from '../world/httpAnswers.ts';
import type { FeatureSigner } from './features.ts';
import type { ForecastWatch } from './forecastWatch.ts';
import type { InputStore } from './inputStore.ts';
import type { Membership, Seat } from './membership.ts';
import type { Participant } from './participant.ts';
import { openMessage, readPayload, signMessage } from './peerMessage.ts';
import type { RoundArchive } from './roundArchive.ts';
import { type InFlight, resultSchema } from './roundResult.ts';
import type { SignatureWatch } from './signatureWatch.ts';

export interface ReporterAppComponents {
  readonly membership: Membership;
  readonly verifier: OracleVerifier;
  readonly account: PrivateKeyAccount;
  readonly features: FeatureSigner;
  readonly forecast: ForecastWatch;
  readonly signatures: SignatureWatch;
  readonly inFlight: InFlight;
  readonly inputs: InputStore;
  readonly archive: RoundArchive;
  readonly evidence: EvidenceStore;
  /** Routes of the journal and of the witness. */
  readonly journal: Hono;
  /** Body of `/v1/health`. */
  readonly health: () => Record<string, unknown>;
}

const noticeSchema = z.object({ cell: z.number().int().min(0), movedAt: z.number().int().min(0) }).strict();
const featuresBody = z
  .object({
    flightId: z.string().regex(/^0x[0-9a-fA-F]{64}$/) as unknown as z.ZodType<Hex>,
    observedAt: z.number().int().min(0).optional(),
  })
  .strict();
const inputBody = z
  .object({
    input: z.string().regex(/^0x([0-9a-f]{2}){1,256}$/) as unknown as z.ZodType<Hex>,
  })
  .strict();

/** This reporter's place among those who sign. @throws LichenError `no-quorum` for one that is no member */
function ownSeat(membership: Membership): { seat: Seat; index: number; participant: Participant } {
  const seat = membership.seat();
  if (seat.own !== null) return { seat, ...seat.own };
  throw new LichenError('no-quorum', 'This reporter is no member of the set in force.', {
    got: `set ${seat.set.epoch} of ${seat.peers.length}`,
    next: 'Ask a member: who was slashed or left signs nothing more.',
    retry: 'never',
  });
}

/** The HTTP interface of a reporter: rounds for its peers, features and history for the gateway. */
export function createReporterApp(components: ReporterAppComponents): Hono {
  const { membership, verifier, account, features, forecast, inputs, archive, evidence } = components;
  const app = new Hono();
  app.use(loopbackGuard());
  app.use(
    bodyLimit({
      maxSize: 6_000_000,
      onError: (context) =>
        context.json(
          new LichenError('bad-input', 'That body is too large.', { retry: 'after-fix' }).toJSON(),
          413,
        ),
    }),
  );
  app.onError((error, context) => errorResponse(context, error));
  const bodyOf = (context: { req: { json(): Promise<unknown> } }) =>
    context.req.json().catch(() => undefined);

  app.route('/', components.journal);
  app.get('/v1/health', (context) => context.json(components.health()));
  app.post('/v1/round/propose', async (context) =>
    context.json(await ownSeat(membership).participant.propose(await bodyOf(context))),
  );
  app.post('/v1/round/reveal', async (context) =>
    context.json(await ownSeat(membership).participant.reveal(await bodyOf(context))),
  );
  app.post('/v1/round/sign', async (context) =>
    context.json(await ownSeat(membership).participant.sign(await bodyOf(context))),
  );
  app.post('/v1/round/result', async (context) => {
    const { set, peers } = membership.seat();
    const message = await openMessage(verifier, peers, await bodyOf(context), { kind: 'result' });
    const result = readPayload(message, resultSchema);
    components.inFlight.mark(result.questions);
    const seen = result.signatures.map(({ index, signature }) => [index, signature] as const);
    void components.signatures.see(set, result.report, seen).catch(() => undefined);
    return context.json({ seen: true });
  });
  app.post('/v1/round/forecast', async (context) => {
    const { seat, index } = ownSeat(membership);
    const message = await openMessage(verifier, seat.peers, await bodyOf(context), {
      kind: 'forecast-request',
    });
    const signature = await forecast.sign(readPayload(message, noticeSchema));
    return context.json(
      await signMessage(verifier, account, {
        kind: 'forecast-signature',
        round: message.round,
        from: index,
        payload: JSON.stringify({ signature }),
      }),
    );
  });
  app.post('/v1/features', async (context) => {
    const { flightId, observedAt } = parseInput(featuresBody, await bodyOf(context));
    ownSeat(membership);
    return context.json(await features.sign(flightId, observedAt));
  });
  app.post('/v1/inputs', async (context) => {
    const { input } = parseInput(inputBody, await bodyOf(context));
    return context.json({ inputHash: inputs.put(input) });
  });
  app.get('/v1/rounds', (context) => {
    const limit = parseInput(z.coerce.number().int().min(1).max(400).default(20), context.req.query('limit'));
    return context.json({ rounds: archive.recent(limit) });
  });
  app.get('/v1/rounds/:round', (context) => {
    const found = archive.get(Number(context.req.param('round')));
    if (found === undefined) {
      throw new LichenError('not-found', 'This reporter no longer keeps that round.', { retry: 'never' });
    }
    return context.json(found);
  });
  app.get('/v1/evidence/:hash', async (context) => {
    const bytes = await evidence.get(context.req.param('hash') as Hex);
    if (bytes === undefined) {
      throw new LichenError('not-found', 'This reporter does not hold that evidence.', { retry: 'never' });
    }
    // Bytes of others: never to be rendered by a browser.
    return context.body(Buffer.from(bytes), 200, {
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
    });
  });
  return app;
}
