// Asks the oracle for a model's output, waits for the quorum's answer and has the chain check it.
// Run: lichen up, then node docs/examples/ask-the-oracle.ts http://127.0.0.1:8080
import { isLichenError } from '@lichen/protocol';
import { askModelQuestion, createLichenClient, disputeModel, getModel, getQuestion } from '@lichen/sdk';

const gatewayUrl = process.argv[2] ?? 'http://127.0.0.1:8080';
const client = await createLichenClient({ gatewayUrl, account: 'development' });
const { baseline: input } = await getModel(client);
const { questionId, spec } = await askModelQuestion(client, { input, liveness: 30 });

let question = await getQuestion(client, { questionId });
while (question.status === 'pending') {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  question = await getQuestion(client, { questionId });
}
console.log(`${question.status}: ${question.answer?.value} signed by reporters ${question.answer?.signers}`);

try {
  const { overturned } = await disputeModel(client, { spec, input });
  console.log(overturned ? 'The answer was wrong and is replaced.' : 'The answer was right.');
} catch (error) {
  if (!isLichenError(error)) throw error;
  console.log(error.message);
}
