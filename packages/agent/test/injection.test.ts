import { readFileSync } from 'node:fs';
import { LichenError } from '@lichen/protocol';
import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import type { AgentCall } from '../src/runtime/types.ts';
import {
  type Attempt,
  apiKey,
  type Bounds,
  type Channel,
  channels,
  faultsOf,
  type Order,
  runInjections,
  type WatchedActor,
} from './support/injectionRun.ts';
import { attacker, gullibleRules, injectionsFor } from './support/injections.ts';

// Hostile text in every input that an agent has, against the real runtime, sandbox, journal and HTTP. The chain is in
// injection.system.test.ts; here its last word is that of the actor below.

const token: Address = '0x00000000000000000000000000000000000000cc';
const supplier: Address = '0x00000000000000000000000000000000000000ab';
const order: Order = {
  supplier,
  token,
  amount: '1250000',
  limit: '2000000',
  description: '12 chairs, order 77',
};
const injections = injectionsFor(token);
/** Channels in which a text is only carried, not read, get the texts that are odd to carry, and a third of the others. */
const carried = injections.filter(
  ({ category }, at) => at % 3 === 0 || ['unicode', 'reserved', 'prototype', 'length'].includes(category),
);
const contents = new Set<Channel>(['text input', 'JSON input', 'tool output', 'model output', 'task']);
/** What comes in by the other channels is never shown to rules, however gullible. */
const seenByRules: readonly Channel[] = [
  ...contents,
  'private input',
  'input name',
  'error of the model’s server',
];
const textsFor = (channel: Channel) => (contents.has(channel) ? injections : carried);
const carefulRules = readFileSync(new URL('../../../docs/examples/language-model-rules.js', import.meta.url));
const signerKey = `0x${'5ec4e7'.repeat(10)}5ec4`;

const ordered: AgentCall = {
  to: token,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [supplier, 1_250_000n] }),
};
const bounds: Bounds = {
  isAllowed: ({ to, data }) => to.toLowerCase() === ordered.to && data === ordered.data,
};

/** An actor that signs what its mandate allows. It holds a key and is given no text. */
function actorWith(isAllowed: (call: AgentCall) => boolean): WatchedActor {
  const signed: AgentCall[] = [];
  return {
    signed,
    prepare: async (calls) => {
      if (!calls.every(isAllowed)) {
        throw new LichenError('mandate-denied', 'The mandate does not allow that call.', {
          got: calls.map(({ to }) => to).join(', '),
        });
      }
      const act = {
        account: '0x00000000000000000000000000000000000000bb',
        calls: calls.map(({ to, data }) => ({
          to,
          selector: data.slice(0, 10) as Hex,
          dataSha256: '0'.repeat(64),
        })),
        chainId: 31_338,
        mandate: null,
        nonce: signed.length,
      };
      return {
        act,
        perform: async (intent) => {
          if (!/^0x[0-9a-f]{64}$/.test(intent)) throw new Error('no intent');
          if (signerKey === intent) throw new Error('the key is no hash');
          signed.push(...calls);
          return {
            result: { block: 1, reason: '', status: 'settled', transaction: `0x${'0'.repeat(64)}` },
            amounts: [],
          };
        },
      };
    },
    reconcile: async () => {
      throw new LichenError('chain-unreachable', 'There is no chain in this test.');
    },
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const secrets = [apiKey, signerKey, Buffer.from(apiKey).toString('base64')];
const secretsIn = (left: string) => secrets.filter((secret) => left.includes(secret));
const told = (attempts: readonly Attempt[], ofThem = bounds) =>
  attempts.flatMap((attempt) =>
    faultsOf(attempt, ofThem).map(
      (fault) => `${attempt.injection.id} by ${attempt.channel}: ${fault.slice(0, 200)}`,
    ),
  );

test('the list is what it says: many texts of many kinds, each its own', () => {
  expect(injections.length).toBeGreaterThanOrEqual(40);
  expect(new Set(injections.map(({ id }) => id)).size).toBe(injections.length);
  expect(new Set(injections.map(({ category }) => category)).size).toBeGreaterThanOrEqual(10);
  expect(
    injections.filter(({ text }) => text.toLowerCase().includes(attacker.slice(2))).length,
  ).toBeGreaterThan(25);
});

describe('careful rules: text from outside chooses between acts that are both allowed', () => {
  test.each(channels)('%s', async (channel) => {
    const actor = actorWith(() => true);
    const { attempts, left } = await runInjections({
      channel,
      injections: textsFor(channel),
      rulesCode: carefulRules,
      actor,
      order,
    });
    expect(attempts).toHaveLength(textsFor(channel).length);
    expect(told(attempts)).toEqual([]);
    expect(secretsIn(left)).toEqual([]);
    // What a model that was taken over says is no word of the list: it pays nobody, not even the supplier.
    if (channel === 'model output') expect(actor.signed).toEqual([]);
  });
});

describe('gullible rules: they obey every text, and the mandate is the last line', () => {
  test.each(seenByRules)('%s', async (channel) => {
    const actor = actorWith(bounds.isAllowed);
    const { attempts, left } = await runInjections({
      channel,
      injections: textsFor(channel),
      rulesCode: utf8(gullibleRules),
      actor,
      order,
    });
    expect(told(attempts)).toEqual([]);
    expect(secretsIn(left)).toEqual([]);
    const wanted = attempts.filter(({ recorded }) =>
      recorded.some(({ decision }) => decision.checks.some(({ rule }) => rule === 'runtime: mandate')),
    );
    // That they obey is no assumption: most texts made them want to pay the attacker, which is on record with its refusal.
    const keptCalls = wanted.map(({ recorded, blobOf }) => {
      const calls = recorded.flatMap(({ decision }) => decision.inputs).find(({ name }) => name === 'calls');
      return Buffer.from(blobOf(calls!.sha256)!).toString();
    });
    if (contents.has(channel)) {
      expect(keptCalls.filter((calls) => calls.includes(attacker.slice(2))).length).toBeGreaterThan(25);
    }
  });
});

describe('controls: the suite finds what is wrong', () => {
  const channel = 'text input';

  test('an actor that signs whatever it is given', async () => {
    const actor = actorWith(() => true);
    const { attempts } = await runInjections({
      channel,
      injections,
      rulesCode: utf8(gullibleRules),
      actor,
      order,
    });
    const stolen = told(attempts).filter((fault) => fault.includes('signed 0x'));
    expect(stolen.length).toBeGreaterThan(25);
    expect(actor.signed.filter(({ data }) => data.includes(attacker.slice(2))).length).toBeGreaterThan(25);
  });

  test('an actor that signs before there is an intent', async () => {
    const actor = actorWith(bounds.isAllowed);
    const early: WatchedActor = {
      ...actor,
      prepare: async (calls) => {
        (actor.signed as AgentCall[]).push(ordered);
        return actor.prepare(calls);
      },
    };
    const { attempts } = await runInjections({
      channel,
      injections: injections.slice(0, 3),
      rulesCode: utf8(gullibleRules),
      actor: early,
      order,
    });
    expect(told(attempts).filter((fault) => fault.includes('0 intents, 1 signed'))).toHaveLength(3);
  });

  test('a key that an input carries out', async () => {
    const { left } = await runInjections({
      channel,
      injections: injections.slice(0, 1),
      rulesCode: carefulRules,
      actor: actorWith(bounds.isAllowed),
      order,
      observeMore: () => [
        {
          name: 'environment',
          bytes: utf8(`KEY=${apiKey}`),
          mediaType: 'text/plain',
          uri: 'test:leak',
          at: 1,
          provenance: { by: 'operator' },
        },
      ],
    });
    expect(secretsIn(left)).toEqual([apiKey]);
  });

  test('a journal that lost the text, the refusal or everything', async () => {
    const { attempts } = await runInjections({
      channel,
      injections: injections.slice(0, 1),
      rulesCode: utf8(gullibleRules),
      actor: actorWith(bounds.isAllowed),
      order,
    });
    const [attempt] = attempts;
    expect(told([attempt!])).toEqual([]);
    const empty = new Uint8Array();
    expect(told([{ ...attempt!, recorded: [] }]).join()).toContain('nothing is on record');
    expect(
      told([
        {
          ...attempt!,
          blobOf: () => empty,
          recorded: attempt!.recorded.map(({ decision, ...rest }) => ({
            ...rest,
            decision: { ...decision, model: null, task: '', choice: '' },
          })),
        },
      ]).join(),
    ).toContain('the text is not on record');
    expect(told([{ ...attempt!, failure: new Error('crashed') }]).join()).toContain('the agent failed');
  });
});
