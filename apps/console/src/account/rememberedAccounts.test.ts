import { expect, it } from 'vitest';
import {
  type RememberedAccount,
  readRemembered,
  withoutRemembered,
  withRemembered,
  writeRemembered,
} from './rememberedAccounts.ts';

function memory(): Pick<Storage, 'getItem' | 'setItem'> & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

const account = (digit: string, name = 'mine'): RememberedAccount => ({
  address: `0x${digit.repeat(40)}`,
  name,
  credentialId: '0xabcd',
  passkey: { x: `0x${'1'.repeat(64)}`, y: `0x${'2'.repeat(64)}` },
  index: 0,
  hasPrf: null,
});

it('keeps accounts for one network, the one in use first', () => {
  const storage = memory();
  const both = withRemembered(withRemembered([], account('1')), account('2'));
  writeRemembered(storage, 'a', both);
  expect(readRemembered(storage, 'a').map(({ address }) => address[2])).toEqual(['2', '1']);
  expect(readRemembered(storage, 'b')).toEqual([]);
  expect(withRemembered(both, account('1', 'renamed')).map(({ name }) => name)).toEqual(['renamed', 'mine']);
  expect(withoutRemembered(both, account('2').address)).toEqual([account('1')]);
});

it('leaves out what is damaged, and survives a browser that keeps nothing', () => {
  const storage = memory();
  storage.kept.set('lichen.accounts.a', JSON.stringify([{ ...account('1'), address: '0x1' }, account('2')]));
  expect(readRemembered(storage, 'a')).toEqual([account('2')]);
  storage.kept.set('lichen.accounts.a', '{');
  expect(readRemembered(storage, 'a')).toEqual([]);
  const refusing = {
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };
  expect(() => writeRemembered(refusing, 'a', [])).not.toThrow();
});
