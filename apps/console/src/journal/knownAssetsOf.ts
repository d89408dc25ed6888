import type { LichenConfig } from '@lichen/sdk';
import type { KnownAssets } from './amountText.ts';

/** The assets that a network names in its configuration. */
export function knownAssetsOf(config: Pick<LichenConfig, 'addresses' | 'market'>): KnownAssets {
  return { dollar: config.addresses.playDollar, share: config.market?.share };
}
