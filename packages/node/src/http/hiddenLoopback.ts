import { randomInt } from 'node:crypto';

/**
 * A loopback address for the port of a program that checks neither Host nor Origin (anvil, the bundler), so that no page
 * which guessed the port can reach it by DNS rebinding: on Linux all of 127.0.0.0/8 is loopback, and 24 random bits
 * cannot be guessed.
 */
export function hiddenLoopback(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}
