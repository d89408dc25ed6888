import { LichenError, mandateIdOf, type Terms, termsAbi } from '@lichen/protocol';
import {
  type Address,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  isAddressEqual,
  numberToHex,
} from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountsOf } from './accountClient.ts';

/** What `exportMandate` takes: an entry of `listMandates` is one. */
export interface MandateToExport {
  readonly account: Address;
  readonly epoch: bigint;
  readonly terms: Terms;
  readonly label?: string;
}

/** A mandate as JSON in the shape of a `PermissionResponse` of ERC-7715. */
export interface ExportedMandate {
  readonly chainId: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly permission: {
    readonly type: 'lichen-mandate';
    readonly isAdjustmentAllowed: false;
    readonly data: {
      readonly mandateId: Hex;
      readonly label: string;
      readonly asset: Address;
      /** Amounts are hex of base units, as in the examples of the draft. */
      readonly maxPerPeriod: Hex;
      readonly periodSeconds: number;
      readonly maxCallsPerPeriod: number;
      readonly startTime: number;
      readonly calls: readonly {
        readonly target: Address;
        readonly selector: Hex;
        readonly amountArg: number;
        readonly pulls: boolean;
        readonly maxAmount: Hex;
        readonly pins: readonly { readonly index: number; readonly value: Hex }[];
      }[];
    };
  };
  readonly rules: readonly [{ readonly type: 'expiry'; readonly data: { readonly timestamp: number } }];
  /** abi.encode(account, epoch, terms): all that its use needs, and what `readExportedMandate` believes. */
  readonly context: Hex;
  readonly dependencies: readonly [];
  readonly delegationManager: Address;
}

const contextAbi = [{ type: 'address' }, { type: 'uint64' }, termsAbi] as const;

/**
 * A mandate in the shape of ERC-7715 (draft of 2026 with `wallet_requestExecutionPermissions`: `from`, `to`, `permission`,
 * `rules`, `context`, `dependencies`, `delegationManager`), for wallets and agents that show or store such permissions.
 *
 * It is a shape, not the whole of ERC-7710: `delegationManager` is `MandateExecutor`, which is used by `act(account, terms,
 * calls, intent)` with the values in `context`, not by `redeemDelegations`. The permission type is our own, since none of
 * those published can say contract, function and pinned arguments, and one that says less would promise more.
 * Nothing in it is a secret, and it gives nobody but the agent anything.
 * @throws LichenError `not-found` when the network has no accounts.
 */
export function exportMandate(client: LichenClient, mandate: MandateToExport): ExportedMandate {
  const { account, epoch, terms } = mandate;
  return {
    chainId: numberToHex(client.config.chainId),
    from: account,
    to: terms.agent,
    permission: {
      type: 'lichen-mandate',
      isAdjustmentAllowed: false,
      data: {
        mandateId: mandateIdOf(account, epoch, terms),
        label: mandate.label ?? '',
        asset: terms.asset,
        maxPerPeriod: numberToHex(terms.maxPerPeriod),
        periodSeconds: terms.period,
        maxCallsPerPeriod: terms.maxCalls,
        startTime: terms.validFrom,
        calls: terms.permissions.map(({ target, selector, amountArg, pulls, maxAmount, pins }) => ({
          target,
          selector,
          amountArg,
          pulls,
          maxAmount: numberToHex(maxAmount),
          pins: pins.map(({ index, value }) => ({ index, value })),
        })),
      },
    },
    rules: [{ type: 'expiry', data: { timestamp: terms.validUntil } }],
    context: encodeAbiParameters(contextAbi, [account, epoch, terms]),
    dependencies: [],
    delegationManager: accountsOf(client).mandateExecutor,
  };
}

/**
 * The mandate in an export, as `useMandate` takes it. Only `context` is read; what the rest says is for show and must
 * not differ from it in the names of the parties, the network or the id.
 * @throws LichenError `bad-input` when it is malformed or contradicts itself, `wrong-chain` when it is of another network.
 */
export function readExportedMandate(client: LichenClient, exported: ExportedMandate): MandateToExport {
  const { chainId, delegationManager } = exported;
  if (
    chainId !== numberToHex(client.config.chainId) ||
    !isAddressEqual(delegationManager, accountsOf(client).mandateExecutor)
  ) {
    throw new LichenError('wrong-chain', 'The mandate is of another network.', {
      got: `chain ${chainId}, ${delegationManager}`,
      expected: `chain ${numberToHex(client.config.chainId)}, ${accountsOf(client).mandateExecutor}`,
      next: 'Name the gateway of the network that it was granted on.',
      retry: 'after-fix',
    });
  }
  let decoded: readonly [Address, bigint, Terms];
  try {
    decoded = decodeAbiParameters(contextAbi, exported.context);
  } catch (cause) {
    throw malformed('a context that cannot be decoded', cause);
  }
  const [account, epoch, terms] = decoded;
  const id = mandateIdOf(account, epoch, terms);
  if (
    !isAddressEqual(exported.from, account) ||
    !isAddressEqual(exported.to, terms.agent) ||
    exported.permission.data.mandateId !== id
  ) {
    throw malformed(`a text about ${exported.permission.data.mandateId} and a context of ${id}`);
  }
  return { account, epoch, terms, label: exported.permission.data.label };
}

function malformed(got: string, cause?: unknown): LichenError {
  return new LichenError('bad-input', 'That is not an exported mandate.', {
    got,
    next: 'Ask its account for it again: lichen mandate export.',
    retry: 'after-fix',
    cause,
  });
}
