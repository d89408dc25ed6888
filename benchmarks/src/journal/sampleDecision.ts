import type { DecisionDraft } from '@lichen/journal';

/** 64 digits, cheap to make: what is measured is the journal. */
const hashOf = (at: number) => String(at).padStart(64, '0');

/** A decision of about 2 KB, as a trading agent makes them: three inputs, a model, four checks, an act of two calls. */
export function sampleDecision(at: number): DecisionDraft {
  return {
    act: {
      account: '0x00000000000000000000000000000000000000aa',
      calls: [0, 1].map((call) => ({
        dataSha256: hashOf(at + call),
        selector: '0xa9059cbb',
        to: '0x00000000000000000000000000000000000000bb',
      })),
      chainId: 31_338,
      mandate: `0x${hashOf(at)}`,
      nonce: at,
    },
    amounts: [{ amount: String(-1_000_000 - at), asset: 'pUSD' }],
    checks: ['drawdown', 'turnover', 'cooldown', 'stop-loss'].map((rule, step) => ({
      got: String(at % 100),
      limit: '100',
      passed: true,
      rule: `${rule}-${step}`,
    })),
    choice: `buy ${at % 10} of 10`,
    inputs: Array.from({ length: 3 }, (_, input) => ({
      at: 1_700_000_000_000 + at,
      isPrivate: false,
      mediaType: 'application/json',
      name: `close ${input}`,
      provenance: { by: 'transport' as const },
      sha256: hashOf(at + input),
      uri: `replay:prices/${at}/${input}`,
    })),
    kind: 'intent',
    model: { id: hashOf(at), input: hashOf(at + 1), kind: 'integer', output: hashOf(at + 2), settings: '' },
    refersTo: null,
    rejected: [{ option: 'hold', reason: 'the score is above the threshold' }],
    result: null,
    rules: { sha256: hashOf(3), version: '1.0.0' },
    task: 'rebalance',
  };
}
