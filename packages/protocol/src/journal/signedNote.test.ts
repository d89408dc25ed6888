import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { journalKeyOf, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
import { cosign, verifyCosignatures, type WitnessSecret, witnessKeyOf } from './cosignature.ts';
import { formatInclusionProof, parseInclusionProof } from './inclusionProofFile.ts';
import { sha256 } from './merkleTree.ts';
import {
  formatNote,
  fromBase64,
  parseNote,
  parseVkey,
  signatureLineOf,
  signatureTypes,
  toBase64,
  verifyBytes,
  vkeyTextOf,
} from './signedNote.ts';
import { isQuorum, parseTrustPolicy } from './trustPolicy.ts';

const utf8 = new TextEncoder();

describe('notes', () => {
  /** The example of https://c2sp.org/signed-note, made by other people's tools. */
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const note =
    'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  test('the example of the specification', () => {
    const key = parseVkey(vkey);
    expect(vkeyTextOf(key)).toBe(vkey);
    const { text, signatures } = parseNote(note);
    expect(text).toBe('This is an example message.\n');
    expect(signatures).toHaveLength(1);
    expect(verifyBytes(key, signatures[0]!.signature, utf8.encode(text))).toBe(true);
    expect(verifyBytes(key, signatures[0]!.signature, utf8.encode(`${text} `))).toBe(false);
    expect(formatNote({ text, signatures })).toBe(note);
  });

  test('what is no note', () => {
    for (const bad of [
      '',
      'text\n',
      'text\n\n',
      note.slice(0, -1),
      note.replace('\u2014', '-'),
      `\u0007${note}`,
    ]) {
      expect(() => parseNote(bad)).toThrow();
    }
    expect(() => parseNote(`${note}${note.split('\n\n')[1]!.repeat(64)}`)).toThrow('too many signatures');
  });

  test('what is no vkey', () => {
    expect(() => parseVkey(vkey.replace('530d903a', '530d903b'))).toThrow('not that of its key');
    expect(() => parseVkey('name')).toThrow();
    expect(() => parseVkey(vkey.replace('example.com/foo', 'exa mple'))).toThrow('no spaces');
  });

  test('base64 has one spelling', () => {
    expect(toBase64(fromBase64('AAE='))).toBe('AAE=');
    expect(() => fromBase64('AAF=')).toThrow('not canonical');
    expect(() => fromBase64('AA E')).toThrow('not base64');
  });
});

const secret = sha256(utf8.encode('journal'));
const checkpoint = { origin: 'lichen.test/agent', size: 20_852_163, root: sha256(utf8.encode('root')) };
const key = journalKeyOf(checkpoint.origin, secret);

describe('checkpoints', () => {
  const note = signCheckpoint(checkpoint, secret);

  test('signed, opened, three lines', () => {
    expect(note.split('\n').slice(0, 3)).toEqual([
      'lichen.test/agent',
      '20852163',
      toBase64(checkpoint.root),
    ]);
    expect(openCheckpoint(note, key)).toMatchObject(checkpoint);
  });

  test('another journal, another key, another size', () => {
    const other = sha256(utf8.encode('other'));
    expect(() => openCheckpoint(note, journalKeyOf('lichen.test/other', secret))).toThrow('another journal');
    expect(() => openCheckpoint(note, journalKeyOf(checkpoint.origin, other))).toThrow('not signed');
    expect(() => openCheckpoint(note.replace('20852163', '20852164'), key)).toThrow('not signed');
  });

  test('sizes are plain decimals, nothing is missing', () => {
    const root = toBase64(checkpoint.root);
    for (const size of ['01', '-1', '1e3', '', '99999999999999999999', '1.0']) {
      expect(() => parseCheckpointText(`o\n${size}\n${root}\n`)).toThrow('no checkpoint');
    }
    expect(() => parseCheckpointText(`o\n1\n${root}`)).toThrow('no checkpoint');
    expect(() => parseCheckpointText(`o\n1\n${root}\n\n`)).toThrow('no checkpoint');
    expect(() => parseCheckpointText('o\n1\nAAE=\n')).toThrow('wrong length');
    expect(parseCheckpointText(`o\n1\n${root}\nextension\n`)).toMatchObject({ size: 1 });
  });
});

describe('cosignatures', () => {
  const witnesses: WitnessSecret[] = [
    { name: 'witness.test/one', type: signatureTypes.cosignatureEd25519, seed: sha256(utf8.encode('one')) },
    { name: 'witness.test/two', type: signatureTypes.cosignatureMlDsa44, seed: sha256(utf8.encode('two')) },
  ];
  const keys = witnesses.map(witnessKeyOf);
  const lines = witnesses.map((witness) => signatureLineOf(cosign(witness, checkpoint, 1_700_000_000)));
  const note = parseNote(`${signCheckpoint(checkpoint, secret)}${lines.join('')}`);

  test('both kinds verify, with their time', () => {
    const { valid, broken } = verifyCosignatures(note, checkpoint, keys);
    expect(valid.map((item) => [item.key.name, item.time])).toEqual([
      ['witness.test/one', 1_700_000_000],
      ['witness.test/two', 1_700_000_000],
    ]);
    expect(broken).toEqual([]);
    expect(verifyCosignatures(note, checkpoint, []).valid).toEqual([]);
  });

  test('the length of an ML-DSA-44 cosignature and the vkey round trip', () => {
    expect(note.signatures[2]!.signature).toHaveLength(8 + 2_420);
    for (const witness of keys) expect(parseVkey(vkeyTextOf(witness))).toEqual(witness);
  });

  test('another root, another time or another name is broken, not valid', () => {
    const text = note.text.replace('20852163', '20852164');
    const moved = { ...checkpoint, size: 20_852_164 };
    expect(verifyCosignatures({ ...note, text }, moved, keys)).toMatchObject({ valid: [] });
    for (const at of [1, 2]) {
      const late = note.signatures.map((item, index) =>
        index === at ? { ...item, signature: item.signature.with(7, item.signature[7]! ^ 1) } : item,
      );
      const { valid, broken } = verifyCosignatures({ ...note, signatures: late }, checkpoint, keys);
      expect([valid.length, broken.length]).toEqual([1, 1]);
    }
  });

  test('the signed message of the specification’s example', () => {
    // The witness of https://c2sp.org/tlog-cosignature signed this with a key that is not published; the layout is fixed.
    const message = cosign(witnesses[0]!, checkpoint, 1).signature;
    const expected = ed25519.sign(
      utf8.encode(`cosignature/v1\ntime 1\nlichen.test/agent\n20852163\n${toBase64(checkpoint.root)}\n`),
      witnesses[0]!.seed,
    );
    expect(message.subarray(8)).toEqual(expected);
  });
});

describe('receipts', () => {
  const file = {
    index: 73_894,
    hashes: [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))],
    checkpoint: 'c\n1\nx\n\n',
  };

  test('round trip, with and without extra', () => {
    expect(parseInclusionProof(formatInclusionProof(file))).toEqual(file);
    const extra = { ...file, extra: utf8.encode('seen by nobody') };
    expect(parseInclusionProof(formatInclusionProof(extra))).toEqual(extra);
  });

  test('what is no receipt', () => {
    const text = formatInclusionProof(file);
    for (const bad of [
      '',
      text.replace('@v1', '@v2'),
      text.replace('index 7', 'index 07'),
      text.replace('index', 'at'),
    ]) {
      expect(() => parseInclusionProof(bad)).toThrow();
    }
  });
});

describe('trust policies', () => {
  const vkeyOf = (name: string) =>
    vkeyTextOf(
      witnessKeyOf({ name, type: signatureTypes.cosignatureEd25519, seed: sha256(utf8.encode(name)) }),
    );
  const text = `
# the example of the specification
log ${vkeyTextOf(key)}
witness X1 ${vkeyOf('x1')}
witness X2 ${vkeyOf('x2')}
witness X3 ${vkeyOf('x3')}
group X-witnesses 2 X1 X2 X3
witness Y1 ${vkeyOf('y1')}\thttps://y1.test
witness Y2 ${vkeyOf('y2')}
group Y-witnesses any Y1 Y2
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

  test('quorum of groups', () => {
    const policy = parseTrustPolicy(text);
    expect(policy.logs[0]?.key.name).toBe('lichen.test/agent');
    expect(isQuorum(policy, new Set(['X1', 'X3', 'Y2']))).toBe(true);
    expect(isQuorum(policy, new Set(['X1', 'Y1', 'Y2']))).toBe(false);
    expect(isQuorum(policy, new Set(['X1', 'X2', 'X3']))).toBe(false);
    expect(isQuorum(parseTrustPolicy('quorum none'), new Set())).toBe(true);
  });

  test('lines that cannot be used are named', () => {
    for (const bad of [
      '',
      'quorum X1',
      'quorum none\nquorum none',
      `${text}\nwitness Z ${vkeyOf('x1')}`,
      `${text}\nwitness none ${vkeyOf('z')}`,
      `witness A ${vkeyOf('a')}\ngroup g 2 A\nquorum g`,
      `witness A ${vkeyOf('a')}\ngroup g all A A\nquorum g`,
      `witness A ${vkeyOf('a')}\ngroup g any A\ngroup h any A\nquorum g`,
      'log nonsense\nquorum none',
    ]) {
      expect(() => parseTrustPolicy(bad)).toThrow();
    }
    expect(() => parseTrustPolicy('quorum none\nfoo bar')).toThrow('Line 2');
  });
});
