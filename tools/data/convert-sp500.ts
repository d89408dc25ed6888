/**
 * Writes applications/trading-agent/data from the daily S&P 500 of the npm package vega-datasets.
 *
 *   npm pack vega-datasets@3.2.1 && tar xzf vega-datasets-3.2.1.tgz
 *   node tools/data/convert-sp500.ts PATH/package/data/sp500-2000.csv
 *
 * The same input gives the same bytes. Nothing is filled in, sampled or smoothed; a file that breaks one of the rules below
 * is refused.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const source = {
  name: 'vega-datasets-3.2.1: data/sp500-2000.csv',
  sha256: '9409e9342d0657c747324e4cfabce8a8c7f663bc485b95a3378f36b0a160f8c8',
  version: '3.2.1',
  license:
    'None stated. The package is BSD-3-Clause for its code only and refers to the original source, Yahoo Finance.',
  project: 'https://github.com/vega/vega-datasets',
};
const header = 'date,open,high,low,close,adjclose,volume';
const volumeUnit = 10_000;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function refuse(line: number, problem: string): never {
  throw new Error(`line ${line}: ${problem}`);
}

/** `1469.250000` as 1469250000: the source has exactly six decimals, so nothing is rounded. */
function microDollars(text: string, line: number): number {
  const match = /^(\d{1,4})\.(\d{6})$/.exec(text);
  if (match === null) refuse(line, `${text} has not six decimals`);
  const value = Number(match[1]! + match[2]!);
  if (value === 0 || value > 0xffff_ffff) refuse(line, `${text} does not fit`);
  return value;
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('give the path of sp500-2000.csv');
const csv = readFileSync(path);
if (sha256(csv) !== source.sha256) throw new Error(`another file: sha256 ${sha256(csv)}`);
const [first, ...lines] = csv.toString('utf8').trimEnd().split(/\r?\n/);
if (first !== header) throw new Error(`another header: ${first}`);

const count = lines.length;
const days = new Uint16Array(count);
const [open, high, low, close, volume] = Array.from({ length: 5 }, () => new Uint32Array(count)) as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];
const opensAtPreviousClose: Record<string, number> = {};
const daysOfYear: Record<string, number> = {};
const pauses: string[] = [];
lines.forEach((line, row) => {
  const number = row + 2;
  const [date, o, h, l, c, adjusted, traded] = line.split(',') as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) refuse(number, `the date ${date}`);
  const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  if (!Number.isInteger(day)) refuse(number, `the date ${date}`);
  const weekday = new Date(day * 86_400_000).getUTCDay();
  if (weekday === 0 || weekday === 6) refuse(number, `${date} is a weekend`);
  if (row > 0 && day <= days[row - 1]!) refuse(number, `${date} is not after the day before`);
  days[row] = day;
  open[row] = microDollars(o, number);
  high[row] = microDollars(h, number);
  low[row] = microDollars(l, number);
  close[row] = microDollars(c, number);
  if (low[row]! > Math.min(open[row]!, close[row]!) || high[row]! < Math.max(open[row]!, close[row]!)) {
    refuse(number, `open or close of ${date} outside low and high`);
  }
  if (adjusted !== c)
    refuse(number, `an adjusted close on ${date}: an index has neither splits nor dividends`);
  const units = Number(traded) / volumeUnit;
  if (!Number.isInteger(units) || units <= 0 || units > 0xffff_ffff) refuse(number, `the volume ${traded}`);
  volume[row] = units;
  const year = date.slice(0, 4);
  daysOfYear[year] = (daysOfYear[year] ?? 0) + 1;
  if (row === 0) return;
  if (open[row] === close[row - 1]) opensAtPreviousClose[year] = (opensAtPreviousClose[year] ?? 0) + 1;
  if (day - days[row - 1]! > 4) pauses.push(`${lines[row - 1]!.slice(0, 10)} to ${date}`);
});

const columns = [
  { name: 'day', type: 'u16', bytes: days },
  { name: 'open', type: 'u32', bytes: open },
  { name: 'high', type: 'u32', bytes: high },
  { name: 'low', type: 'u32', bytes: low },
  { name: 'close', type: 'u32', bytes: close },
  { name: 'volume', type: 'u32', bytes: volume },
];
const align = (length: number) => Math.ceil(length / 8) * 8;
let offset = 0;
const placed = columns.map(({ name, type, bytes }) => {
  const at = offset;
  offset += align(bytes.byteLength);
  return { name, type, offset: at };
});
const columnHeader = JSON.stringify({
  rows: count,
  market: 'SPX',
  day: 'days since 1970-01-01',
  price: 'micro-dollars per share',
  volumeUnit,
  columns: placed,
});
// Columns begin at multiples of 8 of the file, as the reader looks straight into its memory.
const padded = columnHeader.padEnd(align(4 + Buffer.byteLength(columnHeader)) - 4, ' ');
const content = Buffer.alloc(4 + padded.length + offset);
content.writeUInt32LE(padded.length, 0);
content.write(padded, 4);
columns.forEach(({ bytes }, index) => {
  content.set(
    new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    4 + padded.length + placed[index]!.offset,
  );
});
const packed = gzipSync(content, { level: 9 });

const folder = join(import.meta.dirname, '../../applications/trading-agent/data');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'prices.columns.gz'), packed);
const provenance = {
  source,
  converter: 'tools/data/convert-sp500.ts',
  days: count,
  from: lines[0]!.slice(0, 10),
  to: lines.at(-1)!.slice(0, 10),
  pausesLongerThanFourDays: pauses,
  daysOfYear,
  opensAtPreviousClose,
  files: [
    {
      name: 'prices.columns.gz',
      bytes: packed.length,
      sha256: sha256(packed),
      contentSha256: sha256(content),
    },
  ],
};
writeFileSync(join(folder, 'PROVENANCE.json'), `${JSON.stringify(provenance, null, 1)}\n`);
process.stdout.write(`${count} days, ${packed.length} bytes\n`);
