import { sha256 } from '@noble/hashes/sha2.js';
import {
  type Address,
  bytesToHex,
  type Hex,
  hashTypedData,
  isAddressEqual,
  isHex,
  recoverAddress,
  size,
} from 'viem';
import { LichenError } from '../errors.ts';
import { decodeMarketBody, type MarketBody } from './marketBody.ts';

/** Which market's statements: those about one pair on one chain mean nothing for another. */
export interface MarketDomain {
  readonly chainId: number;
  /** The Uniswap V2 pair that the market keeps at its prices. */
  readonly pair: Address;
}

const types = {
  MarketStatement: [
    { name: 'market', type: 'string' },
    { name: 'day', type: 'string' },
    { name: 'phase', type: 'string' },
    { name: 'sha256', type: 'bytes32' },
  ],
} as const;

/**
 * What a market's source signs: EIP-712 `MarketStatement(string market,string day,string phase,bytes32 sha256)` in the
 * domain `{name: "Lichen Market", version: "1", chainId, verifyingContract: pair}`; `sha256` is that of the body's bytes.
 * @throws LichenError `bad-input` when the bytes are no body
 */
export function marketStatementDigest({ chainId, pair }: MarketDomain, bytes: Uint8Array): Hex {
  const { market, day, phase } = decodeMarketBody(bytes);
  return hashTypedData({
    domain: { name: 'Lichen Market', version: '1', chainId, verifyingContract: pair },
    types,
    primaryType: 'MarketStatement',
    message: { market, day, phase, sha256: bytesToHex(sha256(bytes)) },
  });
}

/**
 * The body in `bytes`, once its signature is known to be the source's.
 * @throws LichenError `bad-input` when the bytes are no body or somebody else, or nobody, signed them
 */
export async function verifyMarketStatement(
  domain: MarketDomain,
  source: Address,
  bytes: Uint8Array,
  signature: Hex,
): Promise<MarketBody> {
  const hash = marketStatementDigest(domain, bytes);
  let signer: Address | undefined;
  if (isHex(signature) && size(signature) === 65) {
    signer = await recoverAddress({ hash, signature }).catch(() => undefined);
  }
  if (signer === undefined || !isAddressEqual(signer, source)) {
    throw new LichenError('bad-input', 'The market’s statement is not signed by its source.', {
      got: signer === undefined ? 'no valid signature' : `a signature of ${signer}`,
      expected: `one of ${source}`,
      next: 'Treat the market as silent.',
      retry: 'never',
    });
  }
  return decodeMarketBody(bytes);
}
