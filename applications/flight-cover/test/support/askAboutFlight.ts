import { flightTopic, type QuestionSpec, questionIdOf } from '@lichen/protocol';
import { getChainTime, oracleAbi, playDollarAbi, sendTransaction } from '@lichen/sdk';
import { encodeFunctionData, type Hex, zeroHash } from 'viem';
import type { RunningNetwork } from './network.ts';

/** Asks the oracle about a recorded flight in the account's own name, as any contract may; it opens at once. */
export async function askAboutFlight(
  { client }: RunningNetwork,
  flightId: Hex,
  livenessSeconds: number,
): Promise<{ questionId: Hex; spec: QuestionSpec }> {
  const { oracle, playDollar } = client.addresses;
  const asker = client.wallet!.account.address;
  const now = await getChainTime(client);
  const spec: QuestionSpec = {
    asker,
    kind: 1,
    low: 0n,
    high: 4n,
    topic: flightTopic,
    subject: flightId,
    modelId: zeroHash,
    inputHash: zeroHash,
    opensAt: now,
    answerBy: now + 600,
    liveness: livenessSeconds,
    callbackGas: 0,
    salt: BigInt(now),
  };
  const fee = await client.chain.readContract({
    address: oracle,
    abi: oracleAbi,
    functionName: 'quote',
    args: [spec],
  });
  const approve = encodeFunctionData({ abi: playDollarAbi, functionName: 'approve', args: [oracle, fee] });
  const prepay = encodeFunctionData({ abi: oracleAbi, functionName: 'prepay', args: [asker, fee] });
  const ask = encodeFunctionData({ abi: oracleAbi, functionName: 'ask', args: [spec] });
  await sendTransaction(client, { to: playDollar, data: approve });
  await sendTransaction(client, { to: oracle, data: prepay });
  await sendTransaction(client, { to: oracle, data: ask });
  return { spec, questionId: questionIdOf(client.config.chainId, oracle, spec) };
}
