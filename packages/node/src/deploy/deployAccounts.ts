import { LichenError } from '@lichen/protocol';
import {
  type Address,
  createPublicClient,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  type PublicClient,
  parseAbi,
} from 'viem';
import { entryPoint08Abi, entryPoint08Address } from 'viem/account-abstraction';
import { initCodeOf, readArtifact } from './artifacts.ts';
import { deployMissing, planContract } from './create2.ts';
import { createSender, type PlannedTransaction } from './sender.ts';

export interface DeployAccountsInit {
  readonly rpcUrl: string;
  /** Folder of forge's output. */
  readonly artifactsDir: string;
  /** Pays for everything; needs to be nobody in particular. */
  readonly payerKey: Hex;
  /** Owns the sponsor and its money. */
  readonly owner: Address;
  /** Key of the sponsor's service. */
  readonly signer: Address;
  /** Shortest delay of a recovery that an account may choose, seconds. */
  readonly minRecoveryDelay: number;
  /** Wei that the sponsor has with the EntryPoint at the start; topped up where less than half of it is left. */
  readonly sponsorDeposit: bigint;
  /** Wei that the factory stakes, so that public bundlers let it write for accounts that are not there yet (ERC-7562). */
  readonly factoryStake: bigint;
}

/** The contracts of the accounts, beside those of the rest of the network. */
export interface AccountsAddresses {
  readonly entryPoint: Address;
  readonly accountFactory: Address;
  readonly passkeyAccount: Address;
  /** Code that an existing key can take on (EIP-7702). */
  readonly importedAccount: Address;
  readonly mandateExecutor: Address;
  readonly mandateValidator: Address;
  readonly guardianRecovery: Address;
  readonly sponsor: Address;
}

const factoryAbi = parseAbi([
  'function implementation() view returns (address)',
  'function stake(uint32 unstakeDelay) payable',
]);
/** One day: the least that ERC-7562 asks of a staked entity, seconds. */
const unstakeDelay = 86_400;

/**
 * Puts modules, factory and sponsor on a chain that has the EntryPoint, gives the sponsor its deposit and the factory its
 * stake. What is there already is left as it is.
 *
 * @throws LichenError `transaction-failed`, `not-found`
 */
export async function deployAccounts(init: DeployAccountsInit): Promise<AccountsAddresses> {
  const chain = createPublicClient({ transport: http(init.rpcUrl) }) as PublicClient;
  const payer = createSender(chain, init.rpcUrl, init.payerKey);
  const plan = (name: string, gas: bigint, args: readonly unknown[]) =>
    planContract(name, gas, initCodeOf(readArtifact(init.artifactsDir, name), args));

  const mandateExecutor = plan('MandateExecutor', 6_000_000n, []);
  const mandateValidator = plan('MandateValidator', 3_000_000n, [mandateExecutor.address]);
  const guardianRecovery = plan('GuardianRecovery', 4_000_000n, [
    mandateExecutor.address,
    init.minRecoveryDelay,
  ]);
  const factory = plan('AccountFactory', 12_000_000n, [
    mandateValidator.address,
    mandateExecutor.address,
    guardianRecovery.address,
  ]);
  const importedAccount = plan('ImportedAccount', 7_000_000n, [
    {
      factory: factory.address,
      mandateValidator: mandateValidator.address,
      mandateExecutor: mandateExecutor.address,
      guardianRecovery: guardianRecovery.address,
    },
  ]);
  const sponsor = plan('Sponsor', 3_000_000n, [init.owner, init.signer]);
  await deployMissing(chain, payer, [
    mandateExecutor,
    mandateValidator,
    guardianRecovery,
    factory,
    importedAccount,
    sponsor,
  ]);

  // Made by the factory's constructor, hence by its first nonce.
  const passkeyAccount = getContractAddress({ opcode: 'CREATE', from: factory.address, nonce: 1n });
  const implementation = await chain.readContract({
    address: factory.address,
    abi: factoryAbi,
    functionName: 'implementation',
  });
  if (implementation !== passkeyAccount) {
    throw new LichenError('internal', 'The account factory made its accounts’ code elsewhere.', {
      got: implementation,
      expected: passkeyAccount,
    });
  }
  await payer.sendAll([
    ...(await missingDeposit(chain, sponsor.address, init.sponsorDeposit)),
    ...(await missingStake(chain, 'account factory', factory.address, init.factoryStake)),
  ]);
  return {
    entryPoint: entryPoint08Address,
    accountFactory: factory.address,
    passkeyAccount,
    importedAccount: importedAccount.address,
    mandateExecutor: mandateExecutor.address,
    mandateValidator: mandateValidator.address,
    guardianRecovery: guardianRecovery.address,
    sponsor: sponsor.address,
  };
}

/**
 * Stakes wei of its owner for the sponsor, unless it has a stake: without one a public bundler lets no paymaster read its
 * own storage, where the sponsor keeps the key of its service (ERC-7562, STO-031).
 * @throws LichenError `transaction-failed`
 */
export async function stakeSponsor(
  rpcUrl: string,
  ownerKey: Hex,
  sponsor: Address,
  stake: bigint,
): Promise<void> {
  const chain = createPublicClient({ transport: http(rpcUrl) }) as PublicClient;
  await createSender(chain, rpcUrl, ownerKey).sendAll(await missingStake(chain, 'sponsor', sponsor, stake));
}

async function missingDeposit(
  chain: PublicClient,
  sponsor: Address,
  wanted: bigint,
): Promise<PlannedTransaction[]> {
  const deposit = await chain.readContract({
    address: entryPoint08Address,
    abi: entryPoint08Abi,
    functionName: 'balanceOf',
    args: [sponsor],
  });
  if (deposit >= wanted / 2n) return [];
  const data = encodeFunctionData({ abi: entryPoint08Abi, functionName: 'depositTo', args: [sponsor] });
  return [
    {
      what: 'giving the sponsor money for gas',
      to: entryPoint08Address,
      data,
      value: wanted - deposit,
      gas: 100_000n,
    },
  ];
}

async function missingStake(
  chain: PublicClient,
  name: string,
  entity: Address,
  wanted: bigint,
): Promise<PlannedTransaction[]> {
  const { staked } = await chain.readContract({
    address: entryPoint08Address,
    abi: entryPoint08Abi,
    functionName: 'getDepositInfo',
    args: [entity],
  });
  if (staked || wanted === 0n) return [];
  const data = encodeFunctionData({ abi: factoryAbi, functionName: 'stake', args: [unstakeDelay] });
  return [{ what: `staking for the ${name}`, to: entity, data, value: wanted, gas: 150_000n }];
}
