// Whole-transaction gas of the oracle on a real anvil under osaka rules, in steady state: the ring's slots hold an
// earlier round, as they do for all but the first 4,096 rounds.
import {
  answerFromInteger,
  encodeModel,
  infer,
  leafHashOf,
  merkleProofOf,
  merkleRootOf,
  noEvidence,
  type QuestionSpec,
  questionIdOf,
} from '@lichen/protocol';
import { bytesToHex, encodeFunctionData, keccak256, zeroHash } from 'viem';
import { artifactOf, startDevChain } from '../support/devChain.ts';
import { deployOracle, reportOf } from '../support/lichenOnDevChain.ts';
import { printAtMost } from '../support/printBar.ts';

const ring = 4_096;
const chain = await startDevChain();
try {
  const oracle = await deployOracle(chain, 31);
  const chainId = await chain.chain.getChainId();

  await oracle.submit(await reportOf(chain, 1, keccak256('0x01')));
  await chain.warp(2);
  const steady = await oracle.submit(await reportOf(chain, 1 + ring, keccak256('0x02')));
  printAtMost('oracle report, 31 reporters, 21 signatures', Number(steady), 'gas', 140_000, {
    rival: { name: 'Chainlink OCR2 transmit, 31 reporters, 11 signatures', gas: 177_255 },
  });

  // A 16-32-16-1 network with pseudo-random weights.
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 8) % 255) - 127;
  };
  const layer = (inputs: number, outputs: number, shift: number, activation: 0 | 1) => ({
    outputs,
    shift,
    activation,
    weights: Int8Array.from({ length: inputs * outputs }, next),
    biases: Int32Array.from({ length: outputs }, () => next() * 50),
  });
  const model = {
    inputs: 16,
    layers: [layer(16, 32, 7, 1), layer(32, 16, 7, 1), layer(16, 1, 0, 0)],
    knots: [],
  };
  const blob = encodeModel(model as never);
  await chain.send('ModelRegistry', oracle.models, 'register', [bytesToHex(blob), zeroHash]);
  const modelId = keccak256(blob);
  const input = Uint8Array.from({ length: 16 }, (_, index) => 5 + index * 7);
  const right = infer(model as never, input);

  const { gas } = await chain.chain
    .request({
      method: 'debug_traceCall',
      params: [
        {
          to: oracle.models,
          data: encodeFunctionData({
            abi: artifactOf('ModelRegistry').abi,
            functionName: 'infer',
            args: [modelId, bytesToHex(input)],
          }),
        },
        'latest',
        {},
      ],
    } as never)
    .then((trace) => trace as unknown as { gas: number });
  const calldata = encodeFunctionData({
    abi: artifactOf('ModelRegistry').abi,
    functionName: 'infer',
    args: [modelId, bytesToHex(input)],
  });
  const intrinsic =
    21_000 + [...Buffer.from(calldata.slice(2), 'hex')].reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0);
  printAtMost('model execution, 16-32-16-1 network', Number(gas) - intrinsic, 'gas', 30_000, {
    note: 'a cold external call: look-up, weights from code, arithmetic; without the 21,000 and calldata of a transaction',
  });

  await chain.send('PlayDollar', oracle.token, 'faucet', [10_000_000_000n]);
  await chain.send('PlayDollar', oracle.token, 'approve', [oracle.oracle, 10_000_000_000n]);
  await chain.send('Oracle', oracle.oracle, 'prepay', [chain.owner, 1_000_000_000n]);
  const now = await chain.now();
  const questions: QuestionSpec[] = Array.from({ length: 64 }, (_, index) => ({
    asker: chain.owner,
    kind: 2,
    low: -(2n ** 31n),
    high: 2n ** 31n,
    topic: keccak256('0x0a'),
    subject: keccak256('0x0b'),
    modelId: index === 63 ? modelId : zeroHash,
    inputHash: index === 63 ? keccak256(input) : zeroHash,
    opensAt: now - 10,
    answerBy: now + 86_400,
    liveness: 3_600,
    callbackGas: 0,
    salt: BigInt(index),
  }));
  for (const question of questions) await chain.send('Oracle', oracle.oracle, 'ask', [question]);
  // The 64th answer is the model's, one too high: signed by all 21, and wrong.
  const leaves = questions.map((question, index) => ({
    questionId: questionIdOf(chainId, oracle.oracle, question),
    outcome: 0,
    answer: answerFromInteger(index === 63 ? right + 1n : BigInt(index)),
    confidenceBps: 10_000,
    evidenceRoot: noEvidence,
  }));
  const hashes = leaves.map(leafHashOf);
  const round = 2 + ring;
  await oracle.submit(await reportOf(chain, round, merkleRootOf(hashes)));
  const accept = async (index: number) => {
    const leaf = leaves[index]!;
    const args = [
      questions[index],
      round,
      leaf.outcome,
      leaf.answer,
      leaf.confidenceBps,
      leaf.evidenceRoot,
      merkleProofOf(hashes, index),
    ];
    return (await chain.send('Oracle', oracle.oracle, 'accept', args)).gasUsed;
  };
  const proved = await accept(17);
  printAtMost('one answer proved from a 64-answer round', Number(proved), 'gas', 55_000);
  await accept(63);
  const dispute = await chain.send('Oracle', oracle.oracle, 'disputeModel', [
    questions[63],
    bytesToHex(input),
  ]);
  printAtMost('dispute by re-execution, 16-32-16-1 network', Number(dispute.gasUsed), 'gas', 60_000, {
    includes:
      'running the model, replacing the answer, marking 21 signers as slashed and recording the challenger',
    rival: { name: 'UMA OOv3 assert + dispute + settle, no votes counted', gas: 647_287 },
  });
} finally {
  chain.stop();
}
