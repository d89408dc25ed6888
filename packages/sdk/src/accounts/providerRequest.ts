import { passkeyAccountAbi } from '@lichen/contracts';
import { type Address, getAddress, type Hex, isAddress, isAddressEqual, isHex, size } from 'viem';
import { onChain } from '../client/toLichenError.ts';
import { type AccountClient, accountsOf, type Call } from './accountClient.ts';
import { refuse } from './providerError.ts';

export const settingsText = 'The settings of the account are changed in Lichen itself, not by a page.';
const mostCalls = 64;
/** Bytes of call data of a whole batch: what a block takes with room to spare. */
const mostBytes = 100_000;

/** An object whose fields are read one by one, each with its check. @throws ProviderError -32602. */
export function objectOf(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  return refuse('invalidParams', `${what} must be an object.`);
}

/** @throws ProviderError -32602 for no address, 4100 for another account than the connected one. */
export function demandOwn(account: AccountClient, value: unknown): void {
  if (!isAddress(String(value), { strict: false })) refuse('invalidParams', 'The address is malformed.');
  if (!isAddressEqual(value as Address, account.address)) {
    refuse('unauthorized', 'This account is not connected.');
  }
}

/** An integer as EIP-1474 writes it: `0x0` or hex without leading zeros. @throws ProviderError -32602. */
export function quantityOf(what: string, value: unknown): bigint {
  if (typeof value === 'string' && /^0x(0|[1-9a-f][0-9a-f]{0,63})$/i.test(value)) return BigInt(value);
  return refuse('invalidParams', `${what} must be hex without leading zeros.`);
}

function bytesAt(what: string, value: unknown): Hex {
  if (isHex(value) && value.length % 2 === 0) return value;
  return refuse('invalidParams', `${what} must be hex bytes.`);
}

/** Whether the account's own settings are behind an address: itself, its modules, what made it and what runs it. */
export function isSetting(account: AccountClient, target: Address): boolean {
  const {
    entryPoint,
    factory,
    implementation,
    mandateExecutor,
    mandateValidator,
    guardianRecovery,
    sponsor,
  } = accountsOf(account.client);
  return [
    account.address,
    entryPoint,
    factory,
    implementation,
    mandateExecutor,
    mandateValidator,
    guardianRecovery,
    sponsor,
  ].some((setting) => isAddressEqual(setting, target));
}

/**
 * One call that a page asks for. Devices, modules, mandates and guardians are never changed from a page: one
 * confirmation too quick would hand the account over.
 * @throws ProviderError -32602 when malformed, 4100 for the account's own settings.
 */
export function callOf(account: AccountClient, value: unknown): Call {
  const { to, data, input, value: wei } = objectOf('A call', value);
  if (to === undefined || to === null)
    refuse('invalidParams', 'An account cannot create contracts: `to` is missing.');
  if (!isAddress(String(to), { strict: false })) refuse('invalidParams', '`to` is no address.');
  const target = getAddress(String(to).toLowerCase() as Address);
  if (data !== undefined && input !== undefined && data !== input) {
    refuse('invalidParams', '`data` and `input` differ.');
  }
  if (isSetting(account, target)) {
    refuse('unauthorized', settingsText);
  }
  const bytes = data ?? input;
  return {
    to: target,
    value: wei === undefined ? 0n : quantityOf('`value`', wei),
    data: bytes === undefined ? '0x' : bytesAt('`data`', bytes),
  };
}

/** @throws ProviderError -32602 for none, 5740 for too many calls or bytes. */
export function callsOf(account: AccountClient, value: unknown): Call[] {
  if (!Array.isArray(value) || value.length === 0)
    refuse('invalidParams', '`calls` must be a list of calls.');
  if (value.length > mostCalls) refuse('tooLarge', `At most ${mostCalls} calls fit into a batch.`);
  const calls = value.map((entry) => callOf(account, entry));
  const bytes = calls.reduce((sum, { data }) => sum + size(data ?? '0x'), 0);
  if (bytes > mostBytes) refuse('tooLarge', `At most ${mostBytes} bytes fit into a batch.`);
  return calls;
}

/**
 * Modules that an account has installed besides those it was born with are settings too; only the account knows them.
 * @throws ProviderError 4100 when a call would reach one. LichenError `chain-unreachable`.
 */
export async function demandNoModule(account: AccountClient, calls: readonly Call[]): Promise<void> {
  if (!(await account.isDeployed())) return;
  const targets = [...new Set(calls.map(({ to }) => to))];
  const answers = await onChain(
    Promise.all(
      targets.map((target) =>
        account.client.chain.readContract({
          address: account.address,
          abi: passkeyAccountAbi,
          functionName: 'isOffLimits',
          args: [target],
        }),
      ),
    ),
  );
  if (answers.includes(true)) refuse('unauthorized', settingsText);
}

/** What a page may say about who pays: the address of its own paymaster service (ERC-7677). */
export function sponsorUrlOf(capabilities: unknown, perCall: readonly unknown[]): string | undefined {
  for (const entry of perCall) demandOptional(capabilitiesOf(objectOf('A call', entry).capabilities), []);
  const wanted = capabilitiesOf(capabilities);
  demandOptional(wanted, ['atomic', 'paymasterService']);
  if (wanted.paymasterService === undefined) return undefined;
  const { url, context, optional } = wanted.paymasterService;
  // A page names it and this provider asks it: never in the clear, and never with a name and password.
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  const isLocal = parsed?.hostname === 'localhost' || parsed?.hostname === '127.0.0.1';
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLocal);
  const plain = context === undefined || Object.keys(objectOf('`context`', context)).length === 0;
  if (parsed !== undefined && isSafe && plain && parsed.username === '' && parsed.password === '')
    return parsed.href;
  if (optional === true) return undefined;
  return refuse('unsupportedCapability', 'A paymaster service needs an https address and no context.');
}

function capabilitiesOf(value: unknown): Record<string, Record<string, unknown>> {
  if (value === undefined) return {};
  return Object.fromEntries(
    Object.entries(objectOf('`capabilities`', value)).map(([name, entry]) => [
      name,
      objectOf('A capability', entry),
    ]),
  );
}

function demandOptional(wanted: Record<string, Record<string, unknown>>, known: readonly string[]): void {
  for (const [name, { optional }] of Object.entries(wanted)) {
    if (!known.includes(name) && optional !== true) {
      refuse(
        'unsupportedCapability',
        `The capability ${JSON.stringify(name.slice(0, 40))} is not supported.`,
      );
    }
  }
}
