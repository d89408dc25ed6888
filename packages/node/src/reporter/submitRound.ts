import { leafHashOf, merkleProofOf, packSignatures } from '@lichen/protocol';
import { oracleAbi } from '@lichen/sdk';
import { type Address, encodeFunctionData } from 'viem';
import type { LedRound } from './leadRound.ts';
import type { Call } from './transactions.ts';

/** Gas limits, with room above what the gas snapshots of the contracts show. */
const submitGas = 600_000n;
const acceptGas = 500_000n;

/** The transactions of a round: one `submit`, then one `accept` for each answer, to be sent in this order. */
export function callsOfRound(oracle: Address, led: LedRound): Call[] {
  const { bitmap, signatures } = packSignatures(led.signatures);
  const submit: Call = {
    to: oracle,
    data: encodeFunctionData({
      abi: oracleAbi,
      functionName: 'submit',
      args: [led.report, bitmap, signatures],
    }),
    gas: submitGas,
  };
  const hashes = led.leaves.map(leafHashOf);
  const accepts = led.leaves.map((leaf, index): Call => {
    const { spec } = led.questions.find(({ id }) => id === leaf.questionId)!;
    const proof = merkleProofOf(hashes, index);
    return {
      to: oracle,
      data: encodeFunctionData({
        abi: oracleAbi,
        functionName: 'accept',
        args: [
          spec,
          led.report.round,
          leaf.outcome,
          leaf.answer,
          leaf.confidenceBps,
          leaf.evidenceRoot,
          proof,
        ],
      }),
      gas: acceptGas,
    };
  });
  return [submit, ...accepts];
}
