import type { QuestionSpec } from '@lichen/protocol';
import { bytesToBigInt, bytesToHex, type Hex, keccak256, toBytes } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { accountOf, type TransactionOptions } from '../client/sendTransaction.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { type AskedQuestion, sendQuestion } from './sendQuestion.ts';

/** Topic of questions whose answer is the output of a registered model. */
export const modelTopic: Hex = keccak256(toBytes('lichen.model-output.v1'));

export interface AskModelQuestionParameters extends TransactionOptions {
  /** One byte of 0..127 per input of the model. */
  readonly input: Uint8Array;
  /** The network's model when absent. */
  readonly modelId?: Hex;
  /** Bounds of the answer; 0 and 1,000,000 (parts per million) when absent. */
  readonly low?: bigint;
  readonly high?: bigint;
  /** Seconds from ACCEPTED to FINAL; 10 when absent. */
  readonly liveness?: number;
  /** Seconds after which an unanswered question can be cancelled; 600 when absent. */
  readonly answerWithin?: number;
}

/**
 * Asks the oracle for a model's output on an input. The input goes to the reporters, its hash to the chain. The fee is
 * prepaid first where the account's prepaid balance is too small. A wrong answer can be overturned by anyone with `disputeModel`, because the chain can run the model.
 * @throws LichenError `no-quorum`, `too-little-money`, `bad-input`, `bad-model`, `timeout`, `chain-unreachable`.
 */
export async function askModelQuestion(
  client: LichenClient,
  parameters: AskModelQuestionParameters,
): Promise<AskedQuestion> {
  const asker = accountOf(client);
  // The question on chain carries the input's hash only; without the bytes no reporter could answer.
  await requestGateway(client.gatewayUrl, '/v1/inputs', { body: { input: bytesToHex(parameters.input) } });
  const now = await getChainTime(client);
  const inputHash = keccak256(parameters.input);
  const spec: QuestionSpec = {
    asker,
    kind: 2,
    low: parameters.low ?? 0n,
    high: parameters.high ?? 1_000_000n,
    topic: modelTopic,
    subject: inputHash,
    modelId: parameters.modelId ?? client.config.modelId,
    inputHash,
    opensAt: now,
    answerBy: now + (parameters.answerWithin ?? 600),
    liveness: parameters.liveness ?? 10,
    callbackGas: 0,
    salt: bytesToBigInt(crypto.getRandomValues(new Uint8Array(8))),
  };
  return sendQuestion(client, spec, parameters);
}
