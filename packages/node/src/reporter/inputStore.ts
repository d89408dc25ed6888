import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '@lichen/journal';
import { type Hex, hexToBytes, keccak256, toHex } from 'viem';

/** Input bytes of model questions by hash: a question on the chain carries only the hash. */
export interface InputStore {
  /** Keeps the bytes on disk and returns their keccak256. */
  put(input: Hex): Hex;
  get(inputHash: Hex): Hex | undefined;
}

const namePattern = /^0x[0-9a-f]{64}$/;

/** Opens the store in a folder. The oldest inputs go beyond `capacity`. */
export function openInputStore(folder: string, capacity = 5_000): InputStore {
  mkdirSync(folder, { recursive: true });
  const inputs = new Map<string, Hex>();
  const names = readdirSync(folder)
    .filter((name) => namePattern.test(name))
    .map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => a.at - b.at);
  for (const { name } of names) {
    const bytes = readFileSync(join(folder, name));
    if (keccak256(bytes) === name) inputs.set(name, toHex(bytes));
    else rmSync(join(folder, name), { force: true });
  }
  return {
    put: (input) => {
      const hash = keccak256(input);
      if (inputs.has(hash)) return hash;
      writeFileDurably(join(folder, hash), hexToBytes(input));
      inputs.set(hash, input);
      while (inputs.size > capacity) {
        const oldest = inputs.keys().next().value!;
        inputs.delete(oldest);
        rmSync(join(folder, oldest), { force: true });
      }
      return hash;
    },
    get: (inputHash) => inputs.get(inputHash.toLowerCase()),
  };
}
