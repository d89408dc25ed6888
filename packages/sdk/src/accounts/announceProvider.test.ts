import { expect, test } from 'vitest';
import { announceProvider } from './announceProvider.ts';
import type { LichenProvider } from './createProvider.ts';

const wallet = { name: 'Lichen', icon: 'data:image/svg+xml,<svg/>', rdns: 'org.example.lichen' };

test('a provider is announced at once and whenever the page asks, and nobody can change it in passing', () => {
  const page = new EventTarget();
  const provider = { request: async () => null } as unknown as LichenProvider;
  const heard: { info: Record<string, unknown>; provider: unknown }[] = [];
  page.addEventListener('eip6963:announceProvider', (event) => heard.push((event as CustomEvent).detail));
  const stop = announceProvider(provider, wallet, page);
  page.dispatchEvent(new Event('eip6963:requestProvider'));
  stop();
  page.dispatchEvent(new Event('eip6963:requestProvider'));
  expect(heard).toHaveLength(2);
  expect(heard[0]!.info).toMatchObject(wallet);
  expect(heard[0]!.info.uuid).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(heard[1]!.info.uuid).toBe(heard[0]!.info.uuid);
  expect(heard[0]!.provider).toBe(provider);
  for (const part of [heard[0]!, heard[0]!.info, provider]) expect(Object.isFrozen(part)).toBe(true);
});
