import type { Decision, DecisionModel } from '@lichen/protocol';
import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { plainText } from '../models/plainText.ts';
import { type SpanRole, spanIdOf, traceIdOf } from './spanIds.ts';

/** A decision on record, as a journal or `listDecisions` hands it out. */
export interface ExportedDecision {
  readonly decision: Decision;
  readonly index: number;
  /** 64 hex digits. */
  readonly leafHash: string;
}

export interface SpansOptions {
  /** Name of the agent in the traces; that of its id when absent. */
  readonly agentName?: string;
  /** `service.name`; `lichen-agent` when absent. */
  readonly serviceName?: string;
  /**
   * Time of an intent, unix milliseconds, by its leaf hash: where the span of its outcome begins. Without it that span has
   * no length.
   */
  timeOf?(leafHash: string): number | undefined;
}

/**
 * GenAI conventions that the names follow. They are in development, hence a version:
 * https://github.com/open-telemetry/semantic-conventions-genai
 */
export const genAiConventions = 'v0.1.0';

/** Longest text of an attribute, characters. */
const longestText = 256;

const scope = { name: '@lichen/agent', version: `gen_ai ${genAiConventions}` };
const timeAt = (ms: number): HrTime => [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
const short = (text: string) => plainText(text, longestText);

interface SpanInit {
  readonly role: SpanRole;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind?: SpanKind;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Attributes;
  readonly events?: ReadableSpan['events'];
  /** Why it failed; a span without it has no status. */
  readonly failure?: string;
}

/**
 * OpenTelemetry spans of decisions, made from their records and from nothing else: the same records give the same spans,
 * ids and times included. One trace for a decision, to which its outcome belongs as well: `invoke_agent` over `plan` over
 * `chat` or `execute_tool` for the model; `execute_tool` for the act. No prompt, answer or input is in them, only hashes.
 */
export function spansOf(
  decisions: readonly ExportedDecision[],
  options: SpansOptions = {},
): readonly ReadableSpan[] {
  /** The serializer groups spans by their resource's identity. */
  const resources = new Map<string, Resource>();
  const resourceOf = (agent: string): Resource => {
    const kept = resources.get(agent);
    if (kept !== undefined) return kept;
    const made = resourceFromAttributes({
      'service.name': options.serviceName ?? 'lichen-agent',
      'service.instance.id': agent,
    });
    resources.set(agent, made);
    return made;
  };
  return decisions.flatMap((recorded) => spansOfOne(recorded, options, resourceOf(recorded.decision.agent)));
}

function spansOfOne(
  recorded: ExportedDecision,
  options: SpansOptions,
  resource: Resource,
): readonly ReadableSpan[] {
  const { decision, leafHash } = recorded;
  const { kind, refersTo, time } = decision;
  const traceId = traceIdOf(leafHash, refersTo);
  const agentName = options.agentName ?? decision.agent;
  const common: Attributes = {
    ...decisionAttributes(recorded),
    'gen_ai.agent.name': short(agentName),
    'gen_ai.agent.version': short(decision.rules.version),
  };

  function span(init: SpanInit): ReadableSpan {
    const { from, to } = init;
    const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
    const failed = init.failure === undefined ? {} : { 'error.type': init.failure };
    return {
      name: short(init.name),
      kind: init.kind ?? SpanKind.INTERNAL,
      spanContext: () => context(spanIdOf(leafHash, init.role)),
      ...(init.parentId === undefined ? {} : { parentSpanContext: context(init.parentId) }),
      startTime: timeAt(from),
      endTime: timeAt(to),
      duration: timeAt(to - from),
      status: { code: init.failure === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
      attributes: { ...common, ...init.attributes, ...failed },
      links: [],
      events: init.events ?? [],
      ended: true,
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }

  if (kind === 'outcome' || kind === 'payment') {
    const begun = refersTo === null ? undefined : options.timeOf?.(refersTo);
    const status = decision.result?.status ?? 'unknown';
    return [
      span({
        role: 'outcome',
        parentId: refersTo === null ? undefined : spanIdOf(refersTo, 'decision'),
        name: `execute_tool ${kind}`,
        from: Math.min(begun ?? time, time),
        to: time,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': kind,
          'gen_ai.tool.type': 'function',
          ...(refersTo === null ? {} : { 'gen_ai.tool.call.id': refersTo }),
        },
        events: eventsOf(decision),
        ...(status === 'failed' ? { failure: 'failed' } : {}),
      }),
    ];
  }
  if (kind === 'change' || kind === 'pause') {
    const attributes = {};
    return [
      span({
        role: 'decision',
        parentId: undefined,
        name: `lichen ${kind}`,
        from: time,
        to: time,
        attributes,
      }),
    ];
  }

  // What it saw first begins it; a source whose clock is ahead does not make it end before it began.
  const seen = decision.inputs.map(({ at }) => Math.min(at, time)).filter((at) => at > 0);
  const first = seen.reduce((least, at) => Math.min(least, at), time);
  const last = seen.reduce((most, at) => Math.max(most, at), first);
  const planId = spanIdOf(leafHash, 'plan');
  const decisionId = spanIdOf(leafHash, 'decision');
  const provider = decision.model?.kind === 'language' ? 'openai' : 'lichen';
  const spans = [
    span({
      role: 'decision',
      parentId: undefined,
      name: `invoke_agent ${agentName}`,
      from: first,
      to: time,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': provider },
      events: eventsOf(decision),
    }),
    span({
      role: 'plan',
      parentId: decisionId,
      name: `plan ${agentName}`,
      from: last,
      to: time,
      attributes: { 'gen_ai.operation.name': 'plan', ...checkAttributes(decision) },
    }),
  ];
  if (decision.model !== null) {
    spans.push(
      span({
        role: 'model',
        parentId: planId,
        from: last,
        to: time,
        ...modelSpanOf(decision.model, provider),
      }),
    );
  }
  if (decision.act !== null) {
    const { account, calls, chainId, mandate, nonce } = decision.act;
    spans.push(
      span({
        role: 'act',
        parentId: decisionId,
        name: 'execute_tool act',
        from: time,
        to: time,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'act',
          'gen_ai.tool.type': 'function',
          'gen_ai.tool.call.id': leafHash,
          'lichen.act.account': short(account),
          'lichen.act.chain_id': chainId,
          'lichen.act.calls': calls.map(({ to, selector }) => short(`${to} ${selector}`)),
          ...(mandate === null ? {} : { 'lichen.act.mandate': short(mandate) }),
          ...(nonce === null ? {} : { 'lichen.act.nonce': nonce }),
        },
      }),
    );
  }
  return spans;
}

function decisionAttributes({ decision, index, leafHash }: ExportedDecision): Attributes {
  const { amounts, refersTo, result } = decision;
  return {
    'lichen.agent': short(decision.agent),
    'lichen.decision.leaf_hash': leafHash,
    'lichen.decision.index': index,
    'lichen.decision.seq': decision.seq,
    'lichen.decision.kind': decision.kind,
    'lichen.decision.task': short(decision.task),
    'lichen.decision.choice': short(decision.choice),
    'lichen.rules.sha256': decision.rules.sha256,
    ...(refersTo === null ? {} : { 'lichen.decision.refers_to': refersTo }),
    ...(amounts.length === 0
      ? {}
      : { 'lichen.amounts': amounts.map(({ amount, asset }) => short(`${amount} ${asset}`)) }),
    ...(result === null
      ? {}
      : {
          'lichen.result.status': result.status,
          'lichen.result.reason': short(result.reason),
          ...(result.transaction === null ? {} : { 'lichen.result.transaction': short(result.transaction) }),
          ...(result.block === null ? {} : { 'lichen.result.block': result.block }),
        }),
  };
}

function checkAttributes({ checks, rejected }: Decision): Attributes {
  return {
    'lichen.checks.count': checks.length,
    'lichen.checks.broken': checks.filter(({ passed }) => !passed).map(({ rule }) => short(rule)),
    'lichen.rejected.count': rejected.length,
  };
}

/** One event for each input: what it was and how far it can be trusted, never what was in it. */
function eventsOf({ inputs }: Decision): ReadableSpan['events'] {
  return inputs.map(({ at, name, sha256, mediaType, isPrivate, provenance }) => ({
    name: 'lichen.input',
    time: timeAt(at),
    attributes: {
      'lichen.input.name': isPrivate ? 'private' : short(name),
      'lichen.input.sha256': sha256,
      'lichen.input.media_type': short(mediaType),
      'lichen.input.provenance': provenance.by,
      'lichen.input.is_private': isPrivate,
    },
  }));
}

function modelSpanOf(
  { id, input, kind, output, settings }: DecisionModel,
  provider: string,
): Pick<SpanInit, 'name' | 'kind' | 'attributes'> {
  const hashes = { 'lichen.model.input_sha256': input, 'lichen.model.output_sha256': output };
  if (kind === 'integer') {
    return {
      name: 'execute_tool integer_model',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'integer_model',
        'gen_ai.tool.type': 'function',
        'lichen.model.id': short(id),
        ...hashes,
      },
    };
  }
  const [, host, model] = /^([^/]+)\/(.+)$/s.exec(id) ?? [undefined, undefined, id];
  return {
    name: `chat ${model}`,
    kind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': short(model!),
      'lichen.model.id': short(id),
      ...serverOf(host),
      ...requestOf(settings),
      ...hashes,
    },
  };
}

function serverOf(host: string | undefined): Attributes {
  const found = /^(.+?)(?::(\d{1,5}))?$/.exec(host ?? '');
  if (found === null) return {};
  return { 'server.address': short(found[1]!), 'server.port': Number(found[2] ?? 443) };
}

/** What `settingsTextOf` wrote; settings of another form are left out rather than guessed. */
function requestOf(settings: string): Attributes {
  let read: unknown;
  try {
    read = JSON.parse(settings);
  } catch {
    return {};
  }
  const { temperature, seed, maxTokens } = (read ?? {}) as Record<string, unknown>;
  return {
    ...(typeof temperature === 'string' && /^\d(\.\d+)?$/.test(temperature)
      ? { 'gen_ai.request.temperature': Number(temperature) }
      : {}),
    ...(Number.isSafeInteger(seed) ? { 'gen_ai.request.seed': Number(seed) } : {}),
    ...(Number.isSafeInteger(maxTokens) ? { 'gen_ai.request.max_tokens': Number(maxTokens) } : {}),
  };
}
