import { LichenError } from '@lichen/protocol';
import { type Address, isAddressEqual } from 'viem';
import type { ChainFollower, ReporterSetInForce } from './chainFollower.ts';
import type { Participant } from './participant.ts';
import type { Peer } from './peerMessage.ts';

/** A set and its members as they are reached. */
export interface Members {
  readonly set: ReporterSetInForce;
  /** In the order of the set: a peer's index is its bit. */
  readonly peers: readonly Peer[];
}

/** A member's place in a set. */
export interface Place extends Members {
  readonly index: number;
}

/** A reporter's relation to the set in force. */
export interface Seat extends Members {
  /** Null for a reporter that is no member: it watches and disputes, but neither leads nor signs. */
  readonly own: { readonly index: number; readonly participant: Participant } | null;
}

export interface Membership {
  /**
   * The seat in the set in force, as far as the chain's events have been read.
   * @throws LichenError `no-quorum` when no set is in force or none was read yet
   */
  seat(): Seat;
}

/**
 * Members of a set with the addresses at which they are reached. Of a member that is not among `known` only the key is
 * known: it counts in the quorum and cannot be called.
 */
export function peersOf(set: ReporterSetInForce, known: readonly Peer[]): Peer[] {
  return set.members.map((address, index) => ({
    index,
    address,
    url: known.find((peer) => isAddressEqual(peer.address, address))?.url ?? '',
  }));
}

/** The number by which people know a member of a set: its place among `known`, which no change of the set moves. */
export function numberOf(set: ReporterSetInForce, index: number, known: readonly Peer[]): number {
  const member = set.members[index];
  const number = member === undefined ? -1 : known.findIndex((peer) => isAddressEqual(peer.address, member));
  return number === -1 ? known.length + index : number;
}

/**
 * Follows the set in force. Each set has a participant of its own: what was under way in the set before is abandoned,
 * and the next round takes it up.
 */
export function createMembership(
  follower: Pick<ChainFollower, 'set'>,
  known: readonly Peer[],
  own: Address,
  join: (place: Place) => Participant,
): Membership {
  let current: Seat | undefined;
  return {
    seat: () => {
      const { set } = follower;
      if (set === undefined) {
        throw new LichenError('no-quorum', 'No reporter set is in force.', {
          next: 'Wait until the chain has been read, or until the steward has proposed a set.',
          retry: 'later',
        });
      }
      if (current?.set.digest !== set.digest) {
        const peers = peersOf(set, known);
        const index = peers.findIndex(({ address }) => isAddressEqual(address, own));
        current = {
          set,
          peers,
          own: index === -1 ? null : { index, participant: join({ set, peers, index }) },
        };
      }
      return current;
    },
  };
}
