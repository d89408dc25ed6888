import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { blankDecision, blobHashOf, type Decision, encodeDecision } from '@lichen/protocol';
import { modelValueHash } from '@lichen/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAgainOf } from './askAgainOf.ts';
import { createReplayThread } from './createReplayThread.ts';

const utf8 = new TextEncoder();
const code = utf8.encode(`export const modelInput = () => 'Buy?';
export const decide = (_, said) => ({ kind: 'refusal', task: 'ask', choice: String(said), checks: [], rejected: [], amounts: [], calls: [] });`);

let server: Server;
let host: string;
let answer = 'No, wait.';
const asked: unknown[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      asked.push(JSON.parse(body));
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } }];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: 'm', choices }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const blobs = new Map([[blobHashOf(code), code]]);
function decisionOf(said: string, id = `${host}/small`): Decision {
  for (const value of ['Buy?', said]) blobs.set(modelValueHash(value), utf8.encode(JSON.stringify(value)));
  return {
    ...blankDecision,
    agent: 'eip155:1:0x00000000000000000000000000000000000000aa',
    choice: said,
    kind: 'refusal',
    model: {
      id,
      input: modelValueHash('Buy?'),
      kind: 'language',
      output: modelValueHash(said),
      settings: '{"maxTokens":64,"seed":5,"temperature":"0"}',
    },
    previous: null,
    rules: { sha256: blobHashOf(code), version: '1' },
    seq: 0,
    task: 'ask',
    time: 1,
    v: 1,
    zone: 'UTC',
  };
}

test('asks by the recorded name and settings, and compares: grade C', async () => {
  const thread = createReplayThread({ askAgain: askAgainOf(`http://${host}/v1`, undefined) });
  const replay = (decision: Decision) =>
    thread.replay(encodeDecision(decision), async (sha256) => blobs.get(sha256));
  try {
    expect(await replay(decisionOf('No, wait.'))).toMatchObject({ grade: 'C', isSame: true });
    expect(asked).toMatchObject([
      {
        model: 'small',
        max_tokens: 64,
        seed: 5,
        temperature: 0,
        messages: [{ role: 'user', content: 'Buy?' }],
      },
    ]);
    answer = 'Yes.';
    const other = await replay(decisionOf('No, wait.'));
    expect(other).toMatchObject({ grade: 'C', isSame: false });
    expect(other.steps.find(({ name }) => name === 'model')!.note).toContain('0 % of the words in common');
    // Of another provider: nothing is sent.
    const foreign = await replay(decisionOf('No, wait.', 'api.example.com/small'));
    expect(foreign).toMatchObject({ grade: null, isSame: false });
    expect(foreign.steps.find(({ name }) => name === 'model')!.note).toContain('not the provider');
    expect(asked).toHaveLength(2);
  } finally {
    await thread.close();
  }
});
