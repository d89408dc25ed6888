import { LichenError } from '../errors.ts';
import type { Decision, DecisionInput, InputProvenance } from './decision.ts';

const utf8 = new TextEncoder();

function provenanceOf(provenance: InputProvenance): InputProvenance {
  switch (provenance.by) {
    case 'chain': {
      const { by, block, chainId, logIndex } = provenance;
      return { block, by, chainId, logIndex } as InputProvenance;
    }
    case 'signature': {
      const { by, signature, signer } = provenance;
      return { by, signature, signer };
    }
    case 'receipt':
      return { by: provenance.by, receipt: provenance.receipt };
    default:
      return { by: provenance.by };
  }
}

function inputOf({ at, isPrivate, mediaType, name, provenance, sha256, uri }: DecisionInput): DecisionInput {
  return { at, isPrivate, mediaType, name, provenance: provenanceOf(provenance), sha256, uri };
}

/**
 * The decision with its fields, and theirs, in alphabetical order, whatever order they came in: together with
 * `JSON.stringify` this is RFC 8785 (JCS) for the values that a decision has.
 */
function ordered(decision: Decision): Decision {
  const { act, model, result, rules } = decision;
  return {
    act:
      act === null
        ? null
        : {
            account: act.account,
            calls: act.calls.map(({ dataSha256, selector, to }) => ({ dataSha256, selector, to })),
            chainId: act.chainId,
            mandate: act.mandate,
            nonce: act.nonce,
          },
    agent: decision.agent,
    amounts: decision.amounts.map(({ amount, asset }) => ({ amount, asset })),
    checks: decision.checks.map(({ got, limit, passed, rule }) => ({ got, limit, passed, rule })),
    choice: decision.choice,
    inputs: decision.inputs.map(inputOf),
    kind: decision.kind,
    model:
      model === null
        ? null
        : {
            id: model.id,
            input: model.input,
            kind: model.kind,
            output: model.output,
            settings: model.settings,
          },
    previous: decision.previous,
    refersTo: decision.refersTo,
    rejected: decision.rejected.map(({ option, reason }) => ({ option, reason })),
    result:
      result === null
        ? null
        : {
            block: result.block,
            reason: result.reason,
            status: result.status,
            transaction: result.transaction,
          },
    rules: { sha256: rules.sha256, version: rules.version },
    seq: decision.seq,
    task: decision.task,
    time: decision.time,
    v: decision.v,
    zone: decision.zone,
  };
}

/**
 * The bytes that a journal keeps and hashes: made once, never made again to verify.
 * @throws LichenError `bad-input` for text that is no Unicode (a lone surrogate has no UTF-8)
 */
export function encodeDecision(decision: Decision): Uint8Array {
  const text = JSON.stringify(ordered(decision));
  // A lone surrogate comes out of JSON.stringify as an escape, which JCS forbids and other languages refuse. A backslash
  // of the text itself comes out doubled, hence the even run of them before it.
  if (text.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) {
    throw new LichenError('bad-input', 'A decision has text that is no Unicode.', {
      got: 'a lone surrogate',
      expected: 'well-formed text',
      next: 'Replace it before recording, for example with String.prototype.toWellFormed().',
      retry: 'after-fix',
    });
  }
  return utf8.encode(text);
}
