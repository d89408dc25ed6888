import { type Address, keccak256, toHex } from 'viem';
import { describe, expect, test } from 'vitest';
import type { ReporterSetInForce } from './chainFollower.ts';
import { createMembership, numberOf, type Place, peersOf } from './membership.ts';
import type { Participant } from './participant.ts';

const addressOf = (index: number): Address => `0x${String(index + 1).repeat(40)}`;
const known = [0, 1, 2, 3, 4].map((index) => ({ index, address: addressOf(index), url: `http://${index}` }));
const setOf = (epoch: number, members: readonly Address[]): ReporterSetInForce => ({
  epoch,
  digest: keccak256(toHex(epoch)),
  members,
});
const all = setOf(
  1,
  known.map(({ address }) => address),
);
const withoutSecond = setOf(
  2,
  known.filter(({ index }) => index !== 1).map(({ address }) => address),
);

describe('the set in force', () => {
  test('gives each member the index of its bit, its address, and the number that people know', () => {
    expect(peersOf(withoutSecond, known).map(({ index, url }) => [index, url])).toEqual([
      [0, 'http://0'],
      [1, 'http://2'],
      [2, 'http://3'],
      [3, 'http://4'],
    ]);
    expect([0, 1, 2, 3].map((index) => numberOf(withoutSecond, index, known))).toEqual([0, 2, 3, 4]);
  });

  test('a member from elsewhere counts and cannot be called', () => {
    const stranger: Address = `0x${'9'.repeat(40)}`;
    const set = setOf(3, [addressOf(0), stranger]);
    expect(peersOf(set, known)[1]).toEqual({ index: 1, address: stranger, url: '' });
    expect(numberOf(set, 1, known)).toBe(6);
  });
});

describe('a seat', () => {
  const participant = {} as Participant;
  function membershipOf(own: number) {
    const follower: { set: ReporterSetInForce | undefined } = { set: undefined };
    const joined: Place[] = [];
    const membership = createMembership(follower, known, addressOf(own), (place) => {
      joined.push(place);
      return participant;
    });
    return { follower, joined, membership };
  }

  test('there is none before a set is in force', () => {
    const { membership } = membershipOf(0);
    expect(() => membership.seat()).toThrow('No reporter set is in force.');
  });

  test('each set has its own, taken once', () => {
    const { follower, joined, membership } = membershipOf(3);
    follower.set = all;
    expect(membership.seat()).toBe(membership.seat());
    expect(membership.seat().own?.index).toBe(3);
    follower.set = withoutSecond;
    expect(membership.seat().own?.index).toBe(2);
    expect(joined.map(({ index, set }) => [set.epoch, index])).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });

  test('who is not a member has no part in rounds', () => {
    const { follower, joined, membership } = membershipOf(1);
    follower.set = withoutSecond;
    expect(membership.seat().own).toBeNull();
    expect(joined).toEqual([]);
  });
});
