import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { formatInclusionProof, type InclusionProofFile, parseInclusionProof } from './inclusionProofFile.ts';
import { toBase64 } from './signedNote.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const checkpoint = 'lichen.test/agent\n3\nAAAA\n\n\u2014 a b\n';
const entry = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .constantFrom('lichen.receipt/v1\n', 'lichen.receipt/v1\n\n', '\n\n', 'lichen.receipt/v1\nentry 3\n\nabc')
    .map((text) => new Uint8Array(Buffer.from(text))),
);
const file = fc.record(
  {
    index: fc.nat(),
    hashes: fc.array(hash, { maxLength: 4 }),
    checkpoint: fc.constant(checkpoint),
    extra: entry,
    consistency: fc.array(fc.record({ size: fc.maxSafeNat(), hashes: fc.array(hash, { maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: ['index', 'hashes', 'checkpoint'] },
);

property.prop([file])('what was written is read again', (written) => {
  const text = formatInclusionProof(written as InclusionProofFile);
  const read = parseInclusionProof(text);
  expect(read).toEqual(written);
  // The format's own lines, whatever is in ours.
  expect(text.startsWith('c2sp.org/tlog-proof@v1\n')).toBe(true);
  expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
});

test('the decision alone is in the extra line as it is', () => {
  const extra = new Uint8Array(Buffer.from('{"v":1}'));
  const text = formatInclusionProof({ index: 1, hashes: [], checkpoint, extra });
  expect(text.split('\n')[1]).toBe(`extra ${toBase64(extra)}`);
});

describe('an extra line of ours that cannot be read', () => {
  const h = toBase64(new Uint8Array(32));
  test.each([
    ['no empty line', 'lichen.receipt/v1\nentry 0\n'],
    ['an entry of another length', 'lichen.receipt/v1\nentry 4\n\nabc'],
    ['an entry that is not announced', 'lichen.receipt/v1\n\nabc'],
    ['an entry in the wrong place', `lichen.receipt/v1\nconsistency 3 ${h}\nentry 3\n\nabc`],
    ['an unknown word', 'lichen.receipt/v1\nsomething 3\n\n'],
    ['a size that is none', `lichen.receipt/v1\nconsistency 03 ${h}\n\n`],
    ['a size beyond integers', `lichen.receipt/v1\nconsistency 9007199254740992 ${h}\n\n`],
    ['a hash that is too short', 'lichen.receipt/v1\nconsistency 3 AAAA\n\n'],
    ['no base64', 'lichen.receipt/v1\nconsistency 3 A\n\n'],
    ['too many hashes', `lichen.receipt/v1\nconsistency 3${` ${h}`.repeat(65)}\n\n`],
    ['too many proofs', `lichen.receipt/v1${`\nconsistency 3 ${h}`.repeat(17)}\n\n`],
    ['no UTF-8', Buffer.from([...Buffer.from('lichen.receipt/v1\n'), 0xff, 10, 10])],
  ])('%s', (_name, extra) => {
    const text = `c2sp.org/tlog-proof@v1\nextra ${toBase64(Buffer.from(extra))}\nindex 0\n\n${checkpoint}`;
    expect(() => parseInclusionProof(text)).toThrow(/cannot be read|base64/);
  });
});
