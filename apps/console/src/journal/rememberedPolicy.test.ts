import { expect, it } from 'vitest';
import { readPolicy, rememberPolicy, replacePolicy } from './rememberedPolicy.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

it('holds on to the first policy and reports another, until the person accepts it', () => {
  const storage = memory();
  const first = { text: 'quorum none\n', since: 1 };
  expect(rememberPolicy(storage, 'a', first)).toEqual({ kept: first, other: undefined });
  expect(rememberPolicy(storage, 'a', { ...first, since: 2 })).toEqual({ kept: first, other: undefined });
  const swapped = { text: 'log swapped\nquorum none\n', since: 3 };
  expect(rememberPolicy(storage, 'a', swapped)).toEqual({ kept: first, other: swapped.text });
  expect(rememberPolicy(storage, 'b', swapped).kept).toEqual(swapped);
  replacePolicy(storage, 'a', swapped);
  expect(readPolicy(storage, 'a')).toEqual(swapped);
});

it('starts afresh from what is damaged, and survives a browser that keeps nothing', () => {
  const storage = memory();
  for (const damaged of ['{', '[]', '{"text":1,"since":1}', '{"text":"a"}', 'null']) {
    storage.kept.set('lichen.policy.a', damaged);
    expect(readPolicy(storage, 'a')).toBeUndefined();
  }
  const refusing = {
    getItem: () => {
      throw new Error('SecurityError');
    },
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };
  const policy = { text: 'quorum none\n', since: 1 };
  expect(rememberPolicy(refusing, 'a', policy)).toEqual({ kept: policy, other: undefined });
});
