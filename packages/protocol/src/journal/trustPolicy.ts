import { LichenError } from '../errors.ts';
import { parseVkey, type VerifierKey } from './signedNote.ts';

/** Which journals and witnesses a reader trusts. https://c2sp.org/tlog-policy */
export interface TrustPolicy {
  readonly logs: readonly { readonly key: VerifierKey; readonly url?: string }[];
  readonly witnesses: readonly { readonly name: string; readonly key: VerifierKey; readonly url?: string }[];
  readonly groups: readonly {
    readonly name: string;
    readonly needed: number;
    readonly members: readonly string[];
  }[];
  /** Name of a witness or group, or `none`. */
  readonly quorum: string;
}

/** Reads a policy. @throws LichenError `bad-input` naming the line */
export function parseTrustPolicy(text: string): TrustPolicy {
  const logs: TrustPolicy['logs'][number][] = [];
  const witnesses: TrustPolicy['witnesses'][number][] = [];
  const groups: TrustPolicy['groups'][number][] = [];
  let quorum: string | undefined;
  const used = new Set<string>();
  for (const [at, raw] of text.split('\n').entries()) {
    const refuse = (expected: string): never => {
      throw new LichenError('bad-input', `Line ${at + 1} of the trust policy cannot be used.`, {
        got: raw.slice(0, 120),
        expected,
        retry: 'after-fix',
      });
    };
    const line = raw.replace(/^[ \t]+|[ \t]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    const [verb, ...words] = line.split(/[ \t]+/);
    const isDefined = (name: string) =>
      witnesses.some((witness) => witness.name === name) || groups.some((group) => group.name === name);
    const isNew = (key: VerifierKey) =>
      ![...logs, ...witnesses].some((known) => String(known.key.publicKey) === String(key.publicKey));
    if (verb === 'log' && (words.length === 1 || words.length === 2)) {
      const key = parseVkey(words[0]!);
      if (!isNew(key)) refuse('each key once');
      logs.push({ key, ...(words[1] === undefined ? {} : { url: words[1] }) });
    } else if (verb === 'witness' && (words.length === 2 || words.length === 3)) {
      const [name, vkey, url] = words as [string, string, string | undefined];
      const key = parseVkey(vkey);
      if (name === 'none' || isDefined(name) || !isNew(key))
        refuse('each name and key once, and none called none');
      witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
    } else if (verb === 'group' && words.length >= 3) {
      const [name, count, ...members] = words as [string, string, ...string[]];
      const needed = count === 'all' ? members.length : count === 'any' ? 1 : Number(count);
      if (name === 'none' || isDefined(name)) refuse('a new name');
      if (!members.every((member) => isDefined(member) && !used.has(member)))
        refuse('members defined before, each in one group');
      if (new Set(members).size !== members.length) refuse('each member once');
      if (
        !Number.isInteger(needed) ||
        needed < 1 ||
        needed > members.length ||
        !/^(all|any|\d+)$/.test(count)
      ) {
        refuse(`all, any or 1 to ${members.length}`);
      }
      for (const member of members) used.add(member);
      groups.push({ name, needed, members });
    } else if (verb === 'quorum' && words.length === 1 && quorum === undefined) {
      if (words[0] !== 'none' && !isDefined(words[0]!)) refuse('none, or a name defined before');
      quorum = words[0]!;
    } else {
      refuse('log, witness, group or one quorum');
    }
  }
  if (quorum === undefined) {
    throw new LichenError('bad-input', 'A trust policy names a quorum.', {
      expected: 'one line such as: quorum none',
      retry: 'after-fix',
    });
  }
  return { logs, witnesses, groups, quorum };
}

/** Whether those witnesses that signed, by name, are enough. */
export function isQuorum(policy: TrustPolicy, signed: ReadonlySet<string>): boolean {
  const holds = (name: string): boolean => {
    const group = policy.groups.find((candidate) => candidate.name === name);
    if (group === undefined) return signed.has(name);
    return group.members.filter(holds).length >= group.needed;
  };
  return policy.quorum === 'none' || holds(policy.quorum);
}
