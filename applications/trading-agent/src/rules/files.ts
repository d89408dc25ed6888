import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Said of the rules in every decision; what counts is their SHA-256 beside it. */
export const rulesVersion = '1';

/** The rules' very bytes: those shipped, or those of another file. */
export function rulesBytes(file = at('./rules.js')): Uint8Array {
  return new Uint8Array(readFileSync(file));
}

/** The model that the rules ask. */
export function modelBlob(file = at('../../model/risk.model.bin')): Uint8Array {
  return new Uint8Array(readFileSync(file));
}
