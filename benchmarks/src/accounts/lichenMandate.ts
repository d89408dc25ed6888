import type { Terms } from '@lichen/protocol';
import { executionsOf } from '@lichen/sdk';
import { concat, encodeFunctionData, type Hex, hexToBigInt, keccak256, numberToHex, pad, slice } from 'viem';
import type { UserOperation } from 'viem/account-abstraction';
import type { PrivateKeyAccount } from 'viem/accounts';
import { accountOf, artifactOf, type DevChain } from '../support/devChain.ts';
import { gasLimits, nonceOf, sendBundle } from './bundle.ts';
import type { LichenWallet } from './lichenWallet.ts';
import { type Call, type Person, personOf } from './wallet.ts';
import type { Money } from './walletGas.ts';

/** Whole-transaction gas of everything about mandates; operations are sponsored and in bundles of one. */
export interface LichenMandateGas {
  /** Of an account that has a budget. */
  readonly grant: number;
  /** With the account's first budget in the same operation: one prompt. */
  readonly grantWithBudget: number;
  /** By the agent's own key through the executor. */
  readonly firstUse: number;
  readonly use: number;
  /** By an operation that the agent signs and the sponsor pays. */
  readonly firstSponsoredUse: number;
  readonly sponsoredUse: number;
  readonly revoke: number;
  readonly revokeAll: number;
  /** Account created with budget and session, and its first operation, signed by the session key. */
  readonly oneTap: number;
}

const agent = accountOf(900_020);
const session = accountOf(900_021);
const intent = keccak256('0x1234');
const executorAbi = () => artifactOf('MandateExecutor').abi;

/** Nonce key whose operations the validator checks: its address, then a lane of the agent's. */
const laneOf = ({ contracts }: LichenWallet): bigint =>
  hexToBigInt(concat([contracts.mandateValidator, numberToHex(1, { size: 4 })]));

function encode(functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: executorAbi(), functionName, args });
}

/** Transfers of the token, ten a time and fifty a day, for a month. */
function termsOf(money: Money, now: number, nth: number): Terms {
  const { data } = money.transfer(0n);
  return {
    agent: agent.address,
    asset: money.token,
    validFrom: now - 1,
    validUntil: now + 30 * 86_400,
    period: 86_400,
    maxPerPeriod: 50_000_000n,
    maxCalls: 50,
    permissions: [
      {
        target: money.token,
        selector: slice(data, 0, 4),
        amountArg: 1,
        pulls: false,
        maxAmount: 10_000_000n,
        pins: [],
      },
    ],
    // Random to look at, as the sdk's are: a salt of zeros would be cheaper to carry.
    salt: keccak256(numberToHex(nth)),
  };
}

/** Fifteen minutes, one call, to this recipient: what a first act needs. */
function sessionTermsOf(money: Money, now: number): Terms {
  const terms = termsOf(money, now, 0);
  return {
    ...terms,
    agent: session.address,
    validUntil: now + 900,
    period: 900,
    maxPerPeriod: 10_000_000n,
    maxCalls: 5,
    permissions: terms.permissions.map((permission) => ({
      ...permission,
      pins: [{ index: 0, value: pad(money.recipient) }],
    })),
  };
}

/** An operation in the validator's lane: the account asks the executor to act for the agent. */
async function agentOperation(
  chain: DevChain,
  wallet: LichenWallet,
  by: PrivateKeyAccount,
  birth: { readonly address: Hex; readonly factory?: Hex; readonly factoryData?: Hex },
  terms: Terms,
  calls: readonly Call[],
): Promise<UserOperation<'0.8'>> {
  const { address: sender, ...factory } = birth;
  const data = encode('actAs', [terms, executionsOf(calls), intent]);
  const sponsored = await wallet.sponsor({
    sender,
    nonce: await nonceOf(chain, wallet.entryPoint, sender, laneOf(wallet)),
    ...factory,
    callData: wallet.encodeCalls([{ to: wallet.contracts.mandateExecutor, data }]),
    ...gasLimits,
    signature: '0x',
  });
  return { ...sponsored, signature: await by.sign({ hash: wallet.hashOf(sponsored) }) };
}

/** What a person and an agent do with mandates, from the first grant to the last revocation, and the one tap. */
export async function measureLichenMandates(
  chain: DevChain,
  wallet: LichenWallet,
  money: Money,
): Promise<LichenMandateGas> {
  const person = personOf(100);
  const address = await wallet.addressOf(person);
  await chain.fund(agent.address);
  await money.give(address);
  const { mandateExecutor } = wallet.contracts;
  const now = await chain.now();
  const gasOf = async (operation: UserOperation<'0.8'>) =>
    Number((await sendBundle(chain, wallet.entryPoint, [operation])).gasUsed);
  const does = async (who: Person, calls: readonly Call[]) => gasOf(await wallet.operation(who, calls));
  const asks = (functionName: string, args: readonly unknown[]): Call => ({
    to: mandateExecutor,
    data: encode(functionName, args),
  });
  const transfer = money.transfer(1_000_000n);
  // The account exists, and has operated once.
  await does(person, [transfer]);

  const terms = termsOf(money, now, 1);
  const grantWithBudget = await does(person, [
    asks('setBudget', [money.token, 100_000_000n, 86_400]),
    asks('grant', [terms, 'Savings agent']),
  ]);
  const sponsoredTerms = termsOf(money, now, 2);
  const grant = await does(person, [asks('grant', [sponsoredTerms, 'Savings agent'])]);

  const use = async () => {
    const data = encode('act', [address, terms, executionsOf([transfer]), intent]);
    return Number((await chain.transact('A use', mandateExecutor, data, agent)).gasUsed);
  };
  const firstUse = await use();
  await use();
  const laterUse = await use();
  const sponsored = async () =>
    gasOf(await agentOperation(chain, wallet, agent, { address }, sponsoredTerms, [transfer]));
  const firstSponsoredUse = await sponsored();
  await sponsored();
  const sponsoredUse = await sponsored();

  const { data: id } = await chain.chain.call({
    to: mandateExecutor,
    data: encode('idOf', [address, sponsoredTerms]),
  });
  const revoke = await does(person, [asks('revoke', [id])]);
  const revokeAll = await does(person, [asks('revokeAll', [])]);
  const refused = await use().then(
    () => false,
    () => true,
  );
  if (!refused) throw new Error('A revoked mandate was used.');

  return {
    grant,
    grantWithBudget,
    firstUse,
    use: laterUse,
    firstSponsoredUse,
    sponsoredUse,
    revoke,
    revokeAll,
    oneTap: await oneTap(chain, wallet, money),
  };
}

/** Creates an account whose birth sets a budget and grants a session, and lets the session key sign its first operation. */
async function oneTap(chain: DevChain, wallet: LichenWallet, money: Money): Promise<number> {
  const { mandateExecutor } = wallet.contracts;
  const terms = sessionTermsOf(money, await chain.now());
  const birth = await wallet.birthOf(personOf(101), [
    { to: mandateExecutor, data: encode('setBudget', [money.token, 100_000_000n, 86_400]) },
    { to: mandateExecutor, data: encode('grant', [terms, 'This device, first steps']) },
  ]);
  await money.give(birth.address);
  const operation = await agentOperation(chain, wallet, session, birth, terms, [money.transfer(1_000_000n)]);
  return Number((await sendBundle(chain, wallet.entryPoint, [operation])).gasUsed);
}
