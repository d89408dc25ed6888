// Runs the network's model on one input here and on the chain, and shows that both give the same bits.
// Run: lichen up, then node docs/examples/check-model.ts http://127.0.0.1:8080
import { createLichenClient, getModel, runModel, runModelOnChain } from '@lichen/sdk';

const client = await createLichenClient({ gatewayUrl: process.argv[2] ?? 'http://127.0.0.1:8080' });
const model = await getModel(client);
const here = await runModel(client, { input: model.baseline });
const onChain = await runModelOnChain(client, { input: model.baseline });
console.log(`Model ${model.modelId}: ${here} parts per million here, ${onChain} on the chain.`);
if (here !== onChain) throw new Error('The chain runs another model.');
