import { existsSync, readFileSync, statSync } from 'node:fs';
import { readJournalFolder } from '@lichen/journal';
import { LichenError, parseTrustPolicy, type TrustPolicy } from '@lichen/protocol';
import { type AuditSource, findAgent, findJournal, type LichenClient, trustPolicyOf } from '@lichen/sdk';
import { type Address, createPublicClient, http, type PublicClient } from 'viem';
import { openNetworkJournal } from '../agents/journalSource.ts';
import { readAddress } from '../cover/readOptions.ts';

/** What the command line says of what is to be audited. */
export interface AuditFlags {
  /** Folder or address of a journal that is not one of the network's. */
  readonly journal?: string;
  readonly vkey?: string;
  readonly agent?: string;
  readonly account?: string;
  readonly rpc?: string;
  readonly executor?: string;
  readonly anchor?: string;
  readonly anchorWriter?: string;
  readonly policy?: string;
  readonly fromBlock?: string;
}

export interface OpenedSource {
  /** For titles. */
  readonly name: string;
  readonly source: AuditSource;
  /** Its writer goes on writing it. */
  readonly isRunning: boolean;
}

/** A bundle of the longest entries is 16 MB; a blob can be a model. */
const longestFile = 64_000_000;

function refuse(summary: string, got: string, next: string): LichenError {
  return new LichenError('bad-input', summary, { got, next, retry: 'after-fix' });
}

/** A node, asked for many things in one request. */
function chainAt(url: string): PublicClient {
  if (!URL.canParse(url)) throw refuse('That is no address of a node.', url.slice(0, 80), 'Check --rpc.');
  return createPublicClient({
    transport: http(url, { batch: { batchSize: 64 }, timeout: 60_000, retryCount: 2 }),
  });
}

/** The trust policy in a file. @throws LichenError `not-found`, `bad-input` */
export function readPolicy(path: string | undefined): TrustPolicy | undefined {
  if (path === undefined) return undefined;
  if (!existsSync(path)) {
    throw new LichenError('not-found', 'There is no trust policy at that path.', {
      got: path,
      next: 'Check --policy.',
      retry: 'after-fix',
    });
  }
  return parseTrustPolicy(readFileSync(path, 'utf8'));
}

/** Files of a journal in a folder: the one that its agent writes, or a copy of what is served. */
export function openJournalFolder(folder: string): AuditSource['read'] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new LichenError('not-found', 'There is no folder of a journal at that path.', {
      got: folder,
      next: 'Check --journal.',
      retry: 'after-fix',
    });
  }
  return readJournalFolder(folder);
}

/** Files of a journal behind any web server. */
export function readJournalUrl(address: string): AuditSource['read'] {
  const base = new URL(address.endsWith('/') ? address : `${address}/`);
  return async (path) => {
    const url = new URL(path, base);
    let response: Response;
    try {
      response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      throw new LichenError('source-unavailable', 'The server of the journal does not answer.', {
        got: error instanceof Error ? error.message : String(error),
        next: 'Try again, or audit a copy of the journal in a folder.',
        retry: 'later',
        cause: error,
      });
    }
    if (response.status === 404 || response.status === 410) return undefined;
    if (!response.ok) {
      throw new LichenError('source-unavailable', 'The server of the journal answered with something else.', {
        got: `status ${response.status} for ${path}`,
        retry: 'later',
      });
    }
    return readBounded(response, path);
  };
}

async function readBounded(response: Response, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > longestFile) {
      await response.body?.cancel().catch(() => undefined);
      throw refuse(
        'A file of the journal is too large.',
        `more than ${longestFile} bytes at ${path}`,
        'Audit a copy in a folder.',
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Files of a journal in a folder or behind a web server. @throws LichenError `not-found` when there is no such folder */
export function readJournalAt(place: string): AuditSource['read'] {
  return /^https?:\/\//.test(place) ? readJournalUrl(place) : openJournalFolder(place);
}

function demand(value: string | undefined, flag: string): string {
  if (value !== undefined) return value;
  throw refuse('An audit of somebody else’s journal needs more.', `no ${flag}`, `Name it with ${flag}.`);
}

/** A journal that is not one of the network's, with all that belongs to it. */
async function openForeign(
  journal: string,
  flags: AuditFlags,
  network: () => Promise<LichenClient | undefined>,
): Promise<OpenedSource> {
  const vkey = demand(flags.vkey, '--vkey');
  const agent = readAddress(demand(flags.agent, '--agent'));
  const account = readAddress(demand(flags.account, '--account'));
  const read = readJournalAt(journal);
  // Contracts are at the same addresses on each chain that has them; those of a network that runs here are a default.
  const client = flags.rpc === undefined || flags.executor === undefined ? await network() : undefined;
  const executor = flags.executor ?? client?.addresses.mandateExecutor;
  const anchor = flags.anchor ?? client?.addresses.anchor;
  const rpc =
    flags.rpc ?? (client === undefined ? undefined : new URL(client.config.rpcPath, client.gatewayUrl).href);
  const accounts = client?.config.accounts;
  return {
    name: agent,
    isRunning: false,
    source: {
      chain: chainAt(demand(rpc, '--rpc')),
      read,
      vkey,
      agent,
      account,
      mandateExecutor: readAddress(demand(executor, '--executor')),
      ...(anchor === undefined ? {} : { anchor: readAddress(anchor) }),
      ...(accounts === undefined
        ? {}
        : { entryPoint: accounts.entryPoint, mandateValidator: accounts.mandateValidator }),
      ...marketOf(client),
    },
  };
}

function marketOf(client: LichenClient | undefined): Pick<AuditSource, 'market'> {
  const market = client?.config.market;
  return market === undefined ? {} : { market: { source: market.source, pair: market.pair } };
}

/** An agent of the network by its name, or the writer of one of its journals with --account. */
function openOfNetwork(client: LichenClient, name: string, flags: AuditFlags): OpenedSource {
  const { addresses, config } = client;
  const known =
    config.agents.find((agent) => agent.name === name) ??
    config.agents.find(({ journal: origin }) => origin === journalNamed(client, name));
  const account: Address =
    flags.account !== undefined ? readAddress(flags.account) : (known ?? findAgentFor(client, name)).account;
  const journal = findJournal(client, known?.journal ?? name);
  const { vkey, read } = openNetworkJournal(client, journal.origin);
  if (addresses.mandateExecutor === undefined && flags.executor === undefined) {
    throw refuse('This network has no mandates.', config.name, 'Name the executor with --executor.');
  }
  const anchor = flags.anchor ?? addresses.anchor;
  const accounts = config.accounts;
  return {
    name: known?.title ?? journal.origin,
    isRunning: true,
    source: {
      chain: chainAt(flags.rpc ?? new URL(config.rpcPath, client.gatewayUrl).href),
      read,
      vkey: flags.vkey ?? vkey,
      policy: trustPolicyOf(client).policy,
      agent: flags.agent !== undefined ? readAddress(flags.agent) : (known?.address ?? journal.writer),
      account,
      mandateExecutor: readAddress(flags.executor ?? addresses.mandateExecutor!),
      ...(anchor === undefined ? {} : { anchor: readAddress(anchor), anchorWriter: journal.writer }),
      ...(accounts === undefined
        ? {}
        : { entryPoint: accounts.entryPoint, mandateValidator: accounts.mandateValidator }),
      ...(known === undefined ? {} : { mandates: known.mandates }),
      ...marketOf(client),
    },
  };
}

/** Origin of the journal with that number, writer or origin; undefined where there is none. */
function journalNamed({ config }: LichenClient, name: string): string | undefined {
  return config.journals.find(
    ({ origin, writer }, at) =>
      origin === name || writer.toLowerCase() === name.toLowerCase() || String(at + 1) === name,
  )?.origin;
}

/** The agent of that name, or an error that says what there is. @throws LichenError `not-found` */
function findAgentFor(client: LichenClient, name: string) {
  if (journalNamed(client, name) !== undefined) {
    throw refuse('Whose mandates that writer uses is not known.', name, 'Name the account with --account.');
  }
  return findAgent(client, name);
}

/**
 * Everything that an audit reads, from the command line and, where needed, a running network.
 * @param network opens the network; throws where there is none
 * @throws LichenError `bad-input`, `not-found`, `not-running`
 */
export async function openSource(
  name: string | undefined,
  flags: AuditFlags,
  network: () => Promise<LichenClient>,
): Promise<OpenedSource> {
  if (name === undefined && flags.journal === undefined) {
    throw refuse(
      'Nothing to audit was named.',
      'no agent and no --journal',
      'Name an agent: `lichen agent list`.',
    );
  }
  const opened =
    flags.journal === undefined
      ? openOfNetwork(await network(), name!, flags)
      : await openForeign(flags.journal, flags, () => network().catch(() => undefined));
  const policy = readPolicy(flags.policy);
  const { anchorWriter, fromBlock } = flags;
  return {
    name: opened.name,
    isRunning: opened.isRunning,
    source: {
      ...opened.source,
      ...(policy === undefined ? {} : { policy }),
      ...(anchorWriter === undefined ? {} : { anchorWriter: readAddress(anchorWriter) }),
      ...(fromBlock === undefined ? {} : { fromBlock: readBlock(fromBlock) }),
    },
  };
}

function readBlock(text: string): bigint {
  if (/^\d{1,15}$/.test(text)) return BigInt(text);
  throw refuse('--from-block is not usable.', text.slice(0, 40), 'Name a block by its number.');
}
