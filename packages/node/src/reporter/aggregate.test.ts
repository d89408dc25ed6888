import { fc, test } from '@fast-check/vitest';
import { answerFromInteger, leafHashOf, merkleRootOf } from '@lichen/protocol';
import { keccak256, toBytes, zeroHash } from 'viem';
import { describe, expect } from 'vitest';
import { aggregate, type Reveal } from './aggregate.ts';
import { conflictingStatements } from './answerWatch.ts';
import type { Observation, WireStatement } from './observation.ts';
import { flightQuestion } from './reporters.fixture.ts';

const choice = flightQuestion(keccak256('0x01'), 1_000);
const measure = {
  ...choice,
  id: keccak256('0x02'),
  spec: { ...choice.spec, kind: 2, low: 0n, high: 1_000n },
};

const observation = (questionId: Observation['questionId'], value: bigint | undefined): Observation => ({
  questionId,
  outcome: value === undefined ? 2 : 0,
  answer: value === undefined ? zeroHash : answerFromInteger(value),
  statements: [],
  evidence: value === undefined ? [] : [keccak256(toBytes(`${value}`))],
});
const reveal = (reporter: number, observations: Observation[]): Reveal => ({
  reporter,
  observations,
  text: JSON.stringify({ reporter, observations }),
});
const votes = (values: (bigint | undefined)[]) =>
  values.map((value, reporter) => reveal(reporter, [observation(choice.id, value)]));

describe('aggregate', () => {
  test('needs a majority of the whole set, not of those who came', () => {
    expect(aggregate([choice], votes([1n, 1n]), 5).leaves).toEqual([]);
    expect(aggregate([choice], votes([1n, 1n, 0n, 0n]), 5).leaves).toEqual([]);
    expect(aggregate([choice], votes([1n, 1n, 0n, 1n]), 5).leaves[0]).toMatchObject({
      answer: answerFromInteger(1n),
      confidenceBps: 7_500,
    });
  });

  test('takes the median of measured integers, and lowers confidence by their scatter', () => {
    const reveals = [100n, 110n, 105n, 900n, 0n].map((value, reporter) =>
      reveal(reporter, [observation(measure.id, value)]),
    );
    const [leaf] = aggregate([measure], reveals, 5).leaves;
    expect(leaf).toMatchObject({ answer: answerFromInteger(105n), confidenceBps: 9_900 });
    const calm = [100n, 100n, 100n].map((value, reporter) =>
      reveal(reporter, [observation(measure.id, value)]),
    );
    expect(aggregate([measure], calm, 5).leaves[0]!.confidenceBps).toBe(10_000);
  });

  test('negative integers keep their sign', () => {
    const signed = { ...measure, spec: { ...measure.spec, low: -1_000n } };
    const reveals = [-5n, -7n, 3n].map((value, reporter) =>
      reveal(reporter, [observation(signed.id, value)]),
    );
    expect(aggregate([signed], reveals, 5).leaves[0]!.answer).toBe(answerFromInteger(-5n));
  });

  test('leaves stand in the order of their ids, whatever the order of the questions', () => {
    const reveals = [0, 1, 2, 3].map((reporter) =>
      reveal(reporter, [observation(measure.id, 5n), observation(choice.id, 1n)]),
    );
    const one = aggregate([choice, measure], reveals, 5);
    const other = aggregate([measure, choice], reveals.toReversed(), 5);
    expect(other).toEqual(one);
    const ids = one.leaves.map(({ questionId }) => questionId);
    expect(ids).toEqual([...ids].sort());
    expect(one.root).toBe(merkleRootOf(one.leaves.map(leafHashOf)));
  });

  test.prop([
    fc.array(fc.option(fc.bigInt(0n, 4n), { nil: undefined }), { minLength: 4, maxLength: 5 }),
    fc.nat(),
  ])('order of arrival never changes a bit, and a minority never wins', (values, seed) => {
    const reveals = votes(values);
    const turned = reveals.map((_, at) => reveals[(at + seed) % reveals.length]!);
    const found = aggregate([choice], reveals, 5);
    expect(aggregate([choice], turned, 5)).toEqual(found);
    for (const leaf of found.leaves) {
      const agreeing = values.filter(
        (value) => value !== undefined && answerFromInteger(value) === leaf.answer,
      );
      expect(agreeing.length).toBeGreaterThanOrEqual(3);
    }
  });

  test('any change in any revealed text changes the data digest', () => {
    const base = votes([1n, 1n, 1n, 1n]);
    const changed = base.map((item, at) => (at === 2 ? { ...item, text: `${item.text} ` } : item));
    expect(aggregate([choice], changed, 5).dataDigest).not.toBe(aggregate([choice], base, 5).dataDigest);
  });
});

describe('conflictingStatements', () => {
  const statement = (name: string, value: string, observedAt = 10): WireStatement => ({
    name,
    source: `0x${name.padStart(40, '0')}`,
    topic: choice.spec.topic,
    subject: choice.spec.subject,
    value,
    detail: '0',
    observedAt,
    signature: `0x${'11'.repeat(65)}`,
  });
  const accepted = answerFromInteger(0n);

  test('two sources for one other value are proof; one, or two for different values, are not', () => {
    const two = [statement('1', '1'), statement('2', '1'), statement('3', '0')];
    expect(conflictingStatements(two, accepted, 20)).toHaveLength(2);
    expect(conflictingStatements([statement('1', '1'), statement('2', '2')], accepted, 20)).toEqual([]);
    expect(conflictingStatements([statement('1', '1'), statement('1', '1')], accepted, 20)).toEqual([]);
  });

  test('what was said after the observation is no proof against it', () => {
    expect(conflictingStatements([statement('1', '1', 21), statement('2', '1')], accepted, 20)).toEqual([]);
  });
});
