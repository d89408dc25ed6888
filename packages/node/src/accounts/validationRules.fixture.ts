// The rules of ERC-7562 that a public bundler checks before it takes an operation, for tests: the local bundler's own
// tracer fails on EntryPoint 0.8. Rules are named as there.
import { type Address, getAddress, type Hex, isAddressEqual, keccak256, pad } from 'viem';
import { entryPoint08Address } from 'viem/account-abstraction';
import type { Upstream } from '../chain/upstream.ts';
import { validationTracer } from './validationTracer.fixture.ts';

type Phase = 'factory' | 'account' | 'paymaster';

interface Happened {
  readonly phase: Phase;
  readonly depth: number;
  readonly at: Address;
  readonly op: string;
  readonly slot?: Hex;
  readonly to?: Address;
  readonly value?: string;
}

export interface ValidationTrace {
  /** Whether the validation came to its end. */
  readonly isOver: boolean;
  readonly happened: readonly Happened[];
  /** What was hashed: the only way in which a slot can belong to an address. */
  readonly hashed: readonly Hex[];
}

export interface Parties {
  readonly sender: Address;
  readonly factory?: Address;
  readonly paymaster?: Address;
  readonly staked: readonly Address[];
}

/** Runs `handleOps` on a copy of the newest state and tells what its validation did. */
export function traceValidation(upstream: Upstream, data: Hex, from: Address): Promise<ValidationTrace> {
  const call = { from, to: entryPoint08Address, data, gas: '0xe00000' };
  return upstream.demand('debug_traceCall', call, 'latest', { tracer: validationTracer });
}

const forbidden = new Set(
  'ORIGIN GASPRICE BLOCKHASH COINBASE TIMESTAMP NUMBER DIFFICULTY PREVRANDAO GASLIMIT BASEFEE BLOBHASH BLOBBASEFEE CREATE SELFDESTRUCT INVALID GAS'.split(
    ' ',
  ),
);
/** 0x1 to 0x11, and P-256 verification at 0x100 (EIP-7951). */
const isPrecompile = (address: Address) => {
  const number = BigInt(address);
  return number > 0n && (number <= 0x11n || number === 0x100n);
};
const sameAs = (left: Address | undefined, right: Address) =>
  left !== undefined && isAddressEqual(left, right);

/** Whether a slot is associated with an address: the address itself, or keccak256(address ‖ x) + n with n ≤ 128. */
function isAssociated(slot: Hex, address: Address, hashed: readonly Hex[]): boolean {
  const word = pad(address).toLowerCase();
  if (slot === word) return true;
  return hashed.some((preimage) => {
    if (!preimage.toLowerCase().startsWith(word)) return false;
    const offset = BigInt(slot) - BigInt(keccak256(preimage));
    return offset >= 0n && offset <= 128n;
  });
}

/** Each broken rule in one line; `codeAt` tells of addresses that were called whether there is code. */
export function brokenRules(
  { isOver, happened, hashed }: ValidationTrace,
  { sender, factory, paymaster, staked }: Parties,
  codeAt: (address: Address) => boolean,
): string[] {
  const isStaked = (address: Address | undefined) =>
    address !== undefined && staked.some((entry) => isAddressEqual(entry, address));
  const entityOf = { factory, account: sender, paymaster } as const;
  const broken = new Set<string>();
  if (!isOver) broken.add('the validation did not come to its end');
  let creations = 0;
  for (const { phase, at, op, slot, to, value } of happened) {
    const say = (rule: string, what: string) => broken.add(`${rule}: ${phase} ${what} at ${getAddress(at)}`);
    const entity = entityOf[phase];
    if (forbidden.has(op)) say('OP-011', op);
    if (op === 'FAULT') say('OP-020', 'ran out of gas or failed');
    if ((op === 'BALANCE' || op === 'SELFBALANCE') && !isStaked(entity)) say('OP-080', op);
    if (op === 'CREATE2') {
      creations += 1;
      // Once, for the sender, by the factory.
      if (phase !== 'factory' || creations > 1) say('OP-031', op);
    }
    if (to !== undefined && !isPrecompile(to)) {
      const isNewSender = factory !== undefined && sameAs(sender, to);
      if (!codeAt(to) && !isNewSender) say('OP-041', `${op} of ${getAddress(to)}, which has no code,`);
      if (value !== undefined && BigInt(`0x${value}`) > 0n && !sameAs(entryPoint08Address, to))
        say('OP-061', `${op} with value`);
    }
    if (slot === undefined || sameAs(sender, at)) continue;
    if (sameAs(entryPoint08Address, at)) continue;
    if (isAssociated(slot, sender, hashed)) {
      if (factory !== undefined && !isStaked(factory))
        say('STO-022', `${op} of ${slot}, before the account is there,`);
      continue;
    }
    if (isStaked(entity)) {
      if (sameAs(entity, at)) continue;
      if (entity !== undefined && isAssociated(slot, entity, hashed)) continue;
      // A staked entity may read anything, and write nothing of others.
      if (op === 'SLOAD' || op === 'TLOAD') continue;
    }
    say('STO-021', `${op} of ${slot}`);
  }
  return [...broken];
}
