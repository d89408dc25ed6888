import { LichenError, type Terms, termsAbi } from '@lichen/protocol';
import { type Address, decodeAbiParameters, isAddressEqual } from 'viem';
import type { ExportedMandate } from '../accounts/exportMandate.ts';
import { addressAt, type Fields, fieldsOf, hexAt, listAt, textAt } from '../network/readFields.ts';

/** An agent that a network runs. */
export interface AgentConfig {
  /** What it is called on the command line and in paths, for example `trading`. */
  readonly name: string;
  readonly title: string;
  /** What the screen must say about its world, for example that the money is play money. */
  readonly label: string;
  /** Of the key that it signs with. */
  readonly address: Address;
  /** The account that it acts for. */
  readonly account: Address;
  /** What it may do, as granted. The chain says what is still in force. */
  readonly mandates: readonly Terms[];
  /** Origin of its journal, one of the network's journals. */
  readonly journal: string;
  /** Path on the gateway under which it answers. */
  readonly path: string;
}

/** An agent as the gateway's `/config.json` has it: mandates in the shape of `exportMandate`. */
export type AgentConfigJson = Omit<AgentConfig, 'mandates'> & {
  readonly mandates: readonly Pick<ExportedMandate, 'context'>[];
};

const contextAbi = [{ type: 'address' }, { type: 'uint64' }, termsAbi] as const;

function refuse(agent: Fields, got: string, expected: string, cause?: unknown): LichenError {
  return new LichenError('bad-input', `${agent.where} has a mandate that is none.`, {
    got,
    expected,
    next: 'Check that the gateway and this program come from the same release.',
    cause,
  });
}

/** Only `context` is read, as `readExportedMandate` does: the rest of an export is for show. */
function termsAt(agent: Fields, entry: unknown, parties: { address: Address; account: Address }): Terms {
  const mandate = fieldsOf(`A mandate of ${agent.where}`, entry);
  const context = hexAt(mandate, 'context');
  let decoded: readonly [Address, bigint, Terms];
  try {
    decoded = decodeAbiParameters(contextAbi, context);
  } catch (error) {
    throw refuse(agent, `${context.slice(0, 40)}…`, 'abi.encode(account, epoch, terms)', error);
  }
  const [account, , terms] = decoded;
  if (!isAddressEqual(account, parties.account) || !isAddressEqual(terms.agent, parties.address)) {
    throw refuse(
      agent,
      `a mandate of ${account} for ${terms.agent}`,
      `mandates of ${parties.account} for ${parties.address}`,
    );
  }
  return terms;
}

/**
 * Reads an agent of a gateway's `/config.json`.
 * @throws LichenError `bad-input` naming the field that is missing or malformed
 */
export function agentAt(entry: unknown): AgentConfig {
  const agent = fieldsOf('An agent in the gateway configuration', entry);
  const name = textAt(agent, 'name');
  const path = textAt(agent, 'path');
  // It is joined to the gateway's address: `//elsewhere` would be another server.
  if (!/^\/[a-zA-Z0-9][-._~a-zA-Z0-9/]*$/.test(path)) {
    throw new LichenError('bad-input', `${agent.where} has no usable "path".`, {
      got: JSON.stringify(path).slice(0, 80),
      expected: 'a path on the gateway',
    });
  }
  const parties = { address: addressAt(agent, 'address'), account: addressAt(agent, 'account') };
  return {
    name,
    title: textAt(agent, 'title'),
    label: textAt(agent, 'label'),
    ...parties,
    mandates: listAt(agent, 'mandates').map((mandate) => termsAt(agent, mandate, parties)),
    journal: textAt(agent, 'journal'),
    path,
  };
}
