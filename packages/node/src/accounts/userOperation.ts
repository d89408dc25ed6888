import { LichenError } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { RpcRefusal, rpcCodes } from './rpcRefusal.ts';

/** Largest call data and factory data together, bytes: several times what any act of ours needs. */
const maxBytes = 24_576;

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/) as unknown as z.ZodType<Address>;
const bytes = z
  .string()
  .max(2 + 2 * maxBytes)
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/) as unknown as z.ZodType<Hex>;
const quantity = (bits: number) =>
  z
    .string()
    .regex(/^0x[0-9a-fA-F]{1,64}$/)
    .transform(BigInt)
    .refine((value) => value < 1n << BigInt(bits), `at most ${bits} bits`);
/** Gas limits and fees are 128 bits in the packed operation. */
const gas = quantity(128)
  .nullish()
  .transform((value) => value ?? undefined);

const schema = z.object({
  sender: address,
  nonce: quantity(256),
  factory: address.nullish().transform((value) => value ?? undefined),
  factoryData: bytes.nullish().transform((value) => value ?? undefined),
  callData: bytes,
  callGasLimit: gas,
  verificationGasLimit: gas,
  preVerificationGas: gas,
  maxFeePerGas: gas,
  maxPriorityFeePerGas: gas,
  paymasterVerificationGasLimit: gas,
  paymasterPostOpGasLimit: gas,
  eip7702Auth: z.null().optional(),
});

/** An operation for which somebody asks the sponsor, as ERC-7677 hands it over: its gas may be unknown, its signature too. */
export type AskedOperation = z.output<typeof schema>;

const params = z.tuple([z.unknown(), address, quantity(64)]).rest(z.unknown());

export interface SponsorRequest {
  readonly operation: AskedOperation;
  readonly entryPoint: Address;
  readonly chainId: bigint;
}

/**
 * Reads the parameters `[userOperation, entryPoint, chainId, context]` of ERC-7677.
 * @throws RpcRefusal `bad-input` naming the field that is missing or malformed.
 */
export function readSponsorRequest(value: unknown): SponsorRequest {
  const outer = params.safeParse(value);
  const inner = outer.success ? schema.safeParse(outer.data[0]) : undefined;
  if (outer.success && inner?.success) {
    return { operation: inner.data, entryPoint: outer.data[1], chainId: outer.data[2] };
  }
  const issue = (outer.success ? inner?.error : outer.error)?.issues[0];
  const where = outer.success ? `userOperation.${issue?.path.join('.')}` : `params[${issue?.path.join('.')}]`;
  throw new RpcRefusal(
    rpcCodes.invalidParams,
    new LichenError('bad-input', 'The request of a sponsorship cannot be read.', {
      got: `${where}: ${issue?.message}`,
      expected:
        'the parameters of ERC-7677 with a user operation of EntryPoint 0.7 or later, without EIP-7702',
      retry: 'after-fix',
    }),
  );
}
