import { LichenError } from '@lichen/protocol';
import type { ModelValue, RulesCall, RulesVerdict } from './rules.ts';

const mostItems = 256;
const mostText = 4_096;
const mostCalls = 64;
const mostCallData = 32 * 1024;
const mostModelInput = 65_536;

function refuse(what: string, got: unknown, expected: string): never {
  throw new LichenError('bad-input', 'The rules answered in another form than agreed.', {
    got: `${what}: ${describe(got)}`,
    expected,
    next: 'Correct the rules; docs/spec/rules.md has the form.',
    retry: 'after-fix',
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function recordOf<Key extends string>(
  value: unknown,
  what: string,
  keys: readonly Key[],
): Record<Key, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(what, value, `an object of ${keys.join(', ')}`);
  }
  for (const key of Object.keys(value)) {
    if (!(keys as readonly string[]).includes(key)) {
      refuse(what, key, `only the fields ${keys.join(', ')}`);
    }
  }
  for (const key of keys) {
    if (!Object.hasOwn(value, key)) refuse(`${what}.${key}`, undefined, 'every field');
  }
  return value as Record<Key, unknown>;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > mostText || !value.isWellFormed()) {
    return refuse(what, value, `Unicode text of at most ${mostText} characters`);
  }
  return value;
}

function listOf<Item>(
  value: unknown,
  what: string,
  most: number,
  read: (item: unknown, what: string) => Item,
): Item[] {
  if (!Array.isArray(value) || value.length > most) refuse(what, value, `a list of at most ${most} items`);
  return (value as unknown[]).map((item, index) => read(item, `${what}.${index}`));
}

function amountOf(value: unknown, what: string) {
  const { asset, amount } = recordOf(value, what, ['asset', 'amount']);
  if (typeof amount !== 'string' || !/^(0|-?[1-9]\d{0,77})$/.test(amount)) {
    refuse(`${what}.amount`, amount, 'a decimal integer in base units, as text');
  }
  return { amount: amount as string, asset: textOf(asset, `${what}.asset`) };
}

function checkOf(value: unknown, what: string) {
  const { rule, got, limit, passed } = recordOf(value, what, ['rule', 'got', 'limit', 'passed']);
  if (typeof passed !== 'boolean') refuse(`${what}.passed`, passed, 'true or false');
  return {
    got: textOf(got, `${what}.got`),
    limit: textOf(limit, `${what}.limit`),
    passed: passed as boolean,
    rule: textOf(rule, `${what}.rule`),
  };
}

function optionOf(value: unknown, what: string) {
  const { option, reason } = recordOf(value, what, ['option', 'reason']);
  return { option: textOf(option, `${what}.option`), reason: textOf(reason, `${what}.reason`) };
}

function callOf(value: unknown, what: string): RulesCall {
  const { to, data } = recordOf(value, what, ['to', 'data']);
  if (typeof to !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(to)) refuse(`${what}.to`, to, 'an address');
  if (
    typeof data !== 'string' ||
    data.length > 2 + 2 * mostCallData ||
    !/^0x[0-9a-f]{8}([0-9a-f]{2})*$/.test(data)
  ) {
    refuse(`${what}.data`, data, `call data in lower case, at most ${mostCallData} bytes, selector first`);
  }
  return { to: to as RulesCall['to'], data: data as RulesCall['data'] };
}

/**
 * The verdict in what rules answered: every field present, none besides, within the sizes of docs/spec/decision.md.
 * @throws LichenError `bad-input` naming the field
 */
export function readVerdict(value: unknown): RulesVerdict {
  const fields = recordOf(value, 'verdict', [
    'kind',
    'task',
    'choice',
    'checks',
    'rejected',
    'amounts',
    'calls',
  ]);
  const { kind } = fields;
  if (kind !== 'intent' && kind !== 'refusal') refuse('verdict.kind', kind, '"intent" or "refusal"');
  const calls = listOf(fields.calls, 'verdict.calls', mostCalls, callOf);
  if ((kind === 'intent') !== calls.length > 0) {
    refuse('verdict.calls', fields.calls, 'at least one call for an intent, none for a refusal');
  }
  return {
    kind: kind as RulesVerdict['kind'],
    task: textOf(fields.task, 'verdict.task'),
    choice: textOf(fields.choice, 'verdict.choice'),
    checks: listOf(fields.checks, 'verdict.checks', mostItems, checkOf),
    rejected: listOf(fields.rejected, 'verdict.rejected', mostItems, optionOf),
    amounts: listOf(fields.amounts, 'verdict.amounts', mostItems, amountOf),
    calls,
  };
}

/**
 * What rules want to ask the model.
 * @throws LichenError `bad-input`
 */
export function readModelInput(value: unknown): ModelValue | null {
  if (value === null) return null;
  if (typeof value === 'string') {
    if (value.length <= mostModelInput && value.isWellFormed()) return value;
  } else if (
    Array.isArray(value) &&
    value.length <= mostModelInput &&
    value.every((item) => Number.isSafeInteger(item))
  ) {
    return value as number[];
  }
  return refuse('modelInput', value, `null, at most ${mostModelInput} integers, or that much text`);
}
