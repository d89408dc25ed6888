import type { LichenProvider } from './createProvider.ts';

export interface AnnouncedWallet {
  readonly name: string;
  /** Square, at least 96 by 96, as a `data:image/…` address: EIP-6963 allows no other, since an address could spy. */
  readonly icon: string;
  /** The wallet's domain in reverse, e.g. `org.example.lichen`. */
  readonly rdns: string;
}

/**
 * Tells the page of a provider (EIP-6963), now and whenever it asks. `window.ethereum` is left alone.
 * @param target the page's window; another event target in tests.
 * @returns a function that stops answering.
 */
export function announceProvider(
  provider: LichenProvider,
  wallet: AnnouncedWallet,
  target: EventTarget = globalThis as unknown as EventTarget,
): () => void {
  // Frozen, so that no other script of the page replaces the provider or the name in passing.
  const detail = Object.freeze({
    info: Object.freeze({ uuid: crypto.randomUUID(), ...wallet }),
    provider: Object.freeze(provider),
  });
  const announce = () => {
    target.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  };
  target.addEventListener('eip6963:requestProvider', announce);
  announce();
  return () => target.removeEventListener('eip6963:requestProvider', announce);
}
