// Asks a language model whether an invoice belongs to an order, and lets deterministic rules decide. Nothing is paid.
// Run: node docs/examples/ask-language-model.ts http://127.0.0.1:11434/v1 some-model 'Invoice 77: 12 chairs'
import { readFileSync } from 'node:fs';
import { createLanguageModel } from '@lichen/agent';
import { openRules } from '@lichen/sdk';

const [baseUrl = 'http://127.0.0.1:11434/v1', name = 'some-model', invoice = 'Invoice 77: 12 chairs'] =
  process.argv.slice(2);
const apiKey = process.env.MODEL_API_KEY;
const model = createLanguageModel({
  baseUrl,
  model: name,
  temperature: '0',
  seed: 7,
  maxTokens: 8,
  ...(apiKey === undefined ? {} : { apiKey }),
});

// The file is the rules: its hash goes into each decision, its bytes lie beside the journal.
const rules = await openRules(readFileSync(new URL('language-model-rules.js', import.meta.url)));
const order = {
  supplier: '0x00000000000000000000000000000000000000ab',
  token: '0x00000000000000000000000000000000000000cc',
  amount: '1250000',
  limit: '2000000',
  description: '12 chairs, order 77',
};
const context = { time: Date.now(), zone: 'UTC', inputs: { order, invoice } };
const prompt = rules.modelInput(context);
if (typeof prompt !== 'string') throw new Error('These rules ask no language model.');
const answer = await model.ask(prompt, AbortSignal.timeout(60_000));
const { kind, choice, calls } = rules.decide(context, answer);
console.log(`${model.id} answered ${JSON.stringify(answer)}.`);
console.log(`${kind}: ${choice}, ${calls.length} calls to sign.`);
rules.dispose();
