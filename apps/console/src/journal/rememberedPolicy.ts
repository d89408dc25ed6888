/** Whom this browser trusts on one network: what the network said when the browser first saw it. */
export interface RememberedPolicy {
  /** A tlog-policy. */
  readonly text: string;
  /** Unix milliseconds of the first visit. */
  readonly since: number;
}

export interface PolicyStanding {
  readonly kept: RememberedPolicy;
  /** The policy that the network names now, where it is another: an operator who swaps keys is seen. */
  readonly other: string | undefined;
}

function keyOf(network: string): string {
  return `lichen.policy.${network}`;
}

/** What this browser remembers; undefined for nothing and for what is damaged. */
export function readPolicy(storage: Pick<Storage, 'getItem'>, network: string): RememberedPolicy | undefined {
  try {
    const value = JSON.parse(storage.getItem(keyOf(network)) ?? 'null') as Partial<RememberedPolicy> | null;
    return typeof value?.text === 'string' && Number.isSafeInteger(value.since)
      ? { text: value.text, since: value.since! }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Puts a policy in the place of what was remembered. A browser that keeps nothing works on without. */
export function replacePolicy(
  storage: Pick<Storage, 'setItem'>,
  network: string,
  policy: RememberedPolicy,
): PolicyStanding {
  try {
    storage.setItem(keyOf(network), JSON.stringify(policy));
  } catch {
    // Private mode or a full disk: the policy holds while the page is open.
  }
  return { kept: policy, other: undefined };
}

/** Remembers the first policy of a network and holds on to it; a later one has to be accepted by the person. */
export function rememberPolicy(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  network: string,
  policy: RememberedPolicy,
): PolicyStanding {
  const kept = readPolicy(storage, network);
  if (kept === undefined) return replacePolicy(storage, network, policy);
  return { kept, other: kept.text === policy.text ? undefined : policy.text };
}
