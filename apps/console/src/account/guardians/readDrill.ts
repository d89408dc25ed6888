import {
  type AccountClient,
  type AccountRecovery,
  getBalance,
  type LichenClient,
  listDevices,
  listMandates,
  listPolicies,
  onChain,
} from '@lichen/sdk';
import { readVault } from '../vault/keptVault.ts';

/** What a recovery of an account would find today. */
export interface Drill {
  readonly guardians: number;
  readonly threshold: number;
  readonly delaySeconds: number;
  /** Guardians that are on the chain as accounts, and can act by their passkey. */
  readonly guardiansOnChain: number;
  readonly devices: number;
  /** Base units of pUSD. */
  readonly balance: bigint;
  readonly covers: number;
  /** Mandates that would be paused. */
  readonly mandates: number;
  /** How the vault key could be brought back, as far as this device knows. */
  readonly vault: 'none' | 'shares' | 'code' | 'lost';
}

/** Reads it; changes nothing. @throws LichenError `chain-unreachable`, `timeout`. */
export async function readDrill(
  client: LichenClient,
  account: AccountClient,
  recovery: AccountRecovery,
): Promise<Drill> {
  const { address } = account;
  const [codes, devices, balance, policies, mandates] = await Promise.all([
    onChain(Promise.all(recovery.guardians.map((guardian) => client.chain.getCode({ address: guardian })))),
    listDevices(account),
    getBalance(client, { account: address }),
    listPolicies(client, { holder: address }),
    listMandates(client, { account: address }),
  ]);
  const vault = readVault(address);
  return {
    guardians: recovery.guardians.length,
    threshold: recovery.threshold,
    delaySeconds: recovery.delaySeconds,
    guardiansOnChain: codes.filter((code) => code !== undefined && code !== '0x').length,
    devices: devices.length,
    balance,
    covers: policies.filter(({ state }) => state === 'live').length,
    mandates: mandates.filter(({ status }) => status === 'active' || status === 'not-yet').length,
    vault:
      vault === null
        ? 'none'
        : vault.shares !== undefined
          ? 'shares'
          : vault.code !== undefined
            ? 'code'
            : 'lost',
  };
}
