import { isLichenError, verifyMarketStatement } from '@lichen/protocol';
import { type Address, type Hex, isAddress, isAddressEqual } from 'viem';
import type { SignatureCheck } from './checkInputs.ts';

/**
 * Checks signatures by which inputs are trusted. Known here are statements of the market; others are counted, not judged.
 */
export function signatureCheckOf(
  chainId: number,
  market: { readonly source: Address; readonly pair: Address } | undefined,
): SignatureCheck {
  return async ({ name, provenance }, bytes) => {
    if (market === undefined || provenance.by !== 'signature' || name !== 'market') return undefined;
    const { signer, signature } = provenance;
    if (!isAddress(signer, { strict: false }) || !isAddressEqual(signer, market.source)) return false;
    try {
      await verifyMarketStatement({ chainId, pair: market.pair }, market.source, bytes, signature as Hex);
      return true;
    } catch (error) {
      if (isLichenError(error) && error.code === 'bad-input') return false;
      throw error;
    }
  };
}
