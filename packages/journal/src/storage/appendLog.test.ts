import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { isLichenError } from '@lichen/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openAppendLog } from './appendLog.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-log-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const freshPath = () => join(folder, `log-${count++}`);

const someRecords = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 12 });

function written(records: readonly Uint8Array[]): { path: string; ends: number[] } {
  const path = freshPath();
  const log = openAppendLog(path);
  const ends = records.map((record) => {
    log.append(record);
    return log.size();
  });
  log.close();
  return { path, ends };
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isLichenError(error) ? error.code : `not ours: ${error}`;
  }
}

const hex = (records: readonly Uint8Array[]) => records.map((record) => Buffer.from(record).toString('hex'));

describe('openAppendLog', () => {
  test.prop([someRecords], { numRuns: 30 })('gives back what was appended', (records) => {
    const { path } = written(records);
    const log = openAppendLog(path);
    expect(hex(log.records())).toEqual(hex(records));
    log.close();
  });

  test.prop([someRecords, fc.nat()], { numRuns: 60 })(
    'cut anywhere, gives back exactly the records that were whole, and goes on from there',
    (records, seed) => {
      const { path, ends } = written(records);
      const cut = seed % (statSync(path).size + 1);
      truncateSync(path, cut);
      const whole = ends.filter((end) => end <= cut).length;
      const log = openAppendLog(path);
      expect(hex(log.records())).toEqual(hex(records.slice(0, whole)));
      log.append(Buffer.from('after'));
      log.close();
      const again = openAppendLog(path);
      expect(hex(again.records())).toEqual(hex([...records.slice(0, whole), Buffer.from('after')]));
      again.close();
    },
  );

  test.prop([someRecords, fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 120 })(
    'refuses a log with one changed byte anywhere, and leaves it as it is',
    (records, seed, change) => {
      const { path } = written(records);
      const bytes = readFileSync(path);
      const at = seed % bytes.length;
      bytes[at]! ^= change;
      writeFileSync(path, bytes);
      expect(codeOf(() => openAppendLog(path))).toBe('state-damaged');
      expect(readFileSync(path).equals(bytes)).toBe(true);
    },
  );

  test('takes a tail of zeros, which a power cut can leave, as torn', () => {
    const { path } = written([Buffer.from('one')]);
    appendFileSync(path, Buffer.alloc(100));
    const log = openAppendLog(path);
    expect(hex(log.records())).toEqual(hex([Buffer.from('one')]));
    log.close();
  });

  test('refuses a log whose records changed places', () => {
    const { path, ends } = written([Buffer.from('first'), Buffer.from('other')]);
    const bytes = readFileSync(path);
    const swapped = Buffer.concat([
      bytes.subarray(0, 8),
      bytes.subarray(ends[0]),
      bytes.subarray(8, ends[0]),
    ]);
    writeFileSync(path, swapped);
    expect(codeOf(() => openAppendLog(path))).toBe('state-damaged');
  });

  test.each([0, 1, 13, 20])('a disk that is full after %i more bytes costs the new record only', (room) => {
    const path = freshPath();
    let left = Number.POSITIVE_INFINITY;
    const log = openAppendLog(path, {
      write: (descriptor, bytes, offset, position) => {
        const length = Math.min(left, bytes.length - offset);
        if (length === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        left -= length;
        return writeSync(descriptor, bytes, offset, length, position);
      },
    });
    log.append(Buffer.from('kept'));
    left = room;
    expect(codeOf(() => log.append(Buffer.from('does not fit any more')))).toBe('disk-full');
    left = Number.POSITIVE_INFINITY;
    log.append(Buffer.from('fits again'));
    log.close();
    const again = openAppendLog(path);
    expect(hex(again.records())).toEqual(hex([Buffer.from('kept'), Buffer.from('fits again')]));
    again.close();
  });

  test('takes nothing more after the disk failed in a way that cannot be undone', () => {
    let isBroken = false;
    const log = openAppendLog(freshPath(), {
      write: (descriptor, bytes, offset, position) => {
        if (isBroken) throw Object.assign(new Error('input/output error'), { code: 'EIO' });
        return writeSync(descriptor, bytes, offset, bytes.length - offset, position);
      },
    });
    isBroken = true;
    expect(codeOf(() => log.append(Buffer.from('lost')))).toBe('internal');
    isBroken = false;
    expect(codeOf(() => log.append(Buffer.from('too late')))).toBe('internal');
    log.close();
  });

  test('says what is wrong and what to do', () => {
    const path = freshPath();
    writeFileSync(path, 'something else entirely');
    expect(() => openAppendLog(path)).toThrowError(
      expect.objectContaining({
        message: [
          `The log ${path} is damaged.`,
          '  got:      an unknown heading at byte 0',
          '  expected: records whose checksums match',
          '  next:     Restore this file from a backup, or move the state folder away and start afresh. Nothing was deleted.',
        ].join('\n'),
      }),
    );
  });

  test('records with a prefix are given back as they were written', () => {
    const path = freshPath();
    const log = openAppendLog(path);
    const written = log.appendAll([Buffer.from('hree'), Buffer.from('wo')], Buffer.from('t'));
    expect(hex(written)).toEqual(hex([Buffer.from('three'), Buffer.from('two')]));
    log.append(Buffer.from('one'));
    log.close();
    const again = openAppendLog(path);
    expect(hex(again.records())).toEqual(hex(['three', 'two', 'one'].map((text) => Buffer.from(text))));
    again.close();
  });
});
