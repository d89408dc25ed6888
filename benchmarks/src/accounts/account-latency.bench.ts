// From click to receipt, on a chain that makes a block for each transaction at once: through the SDK, the gateway, the real
// bundler and our sponsor, each a process of its own. The passkey is software, so a finger and a browser's ceremony are not
// in these times; the console's system test drives a real browser.
import {
  isLichenError,
  type LichenErrorCode,
  type Permission,
  softwarePasskey,
  type Terms,
} from '@lichen/protocol';
import {
  type AccountClient,
  type Call,
  createAndSend,
  grantMandate,
  type LichenClient,
  playDollarAbi,
  sendCalls,
  useMandateSponsored,
} from '@lichen/sdk';
import { encodeFunctionData, keccak256, numberToHex, toFunctionSelector } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { accountOf, startDevChain } from '../support/devChain.ts';
import { loadPerCore } from '../support/loadPerCore.ts';
import { medianOf, type Timed, timed, times } from '../support/measureTimes.ts';
import { printAtMost, printBar } from '../support/printBar.ts';
import { startAccountNetwork } from './accountNetwork.ts';

const dollar = 1_000_000n;
const recipient = accountOf(900_002).address;
const origin = 'http://localhost:8080';

function signerOf() {
  const privateKey = generatePrivateKey();
  return { ...softwarePasskey(privateKey, 'localhost', origin), userHandle: keccak256(privateKey) };
}

const callsOf = (client: LichenClient) => {
  const to = client.addresses.playDollar;
  const faucet = (amount: bigint): Call => ({
    to,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [amount] }),
  });
  const transfer = (amount: bigint): Call => ({
    to,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'transfer', args: [recipient, amount] }),
  });
  const permission = (signature: string, amountArg: number, maxAmount: bigint): Permission => ({
    target: to,
    selector: toFunctionSelector(signature),
    amountArg,
    pulls: false,
    maxAmount,
    pins: [],
  });
  return {
    faucet,
    transfer,
    mayTake: permission('faucet(uint256)', 0, 1_000n * dollar),
    maySend: permission('transfer(address,uint256)', 1, 10n * dollar),
  };
};

/** A newcomer: a passkey that has just been made, and the first two calls, confirmed. */
async function oneTap(client: LichenClient, onAccepted?: () => void): Promise<AccountClient> {
  const { faucet, transfer, mayTake, maySend } = callsOf(client);
  const { account } = await createAndSend(
    client,
    {
      signer: signerOf(),
      calls: [faucet(1_000n * dollar), transfer(dollar)],
      session: {
        asset: client.addresses.playDollar,
        permissions: [mayTake, maySend],
        maxPerPeriod: 2_000n * dollar,
      },
    },
    onAccepted === undefined ? {} : { onAccepted },
  );
  return account;
}

/** Times say something only where the machine has nothing else to do: above 1, processes wait for a core. */
const busy = () => ({ loadPerCore: loadPerCore() });
const report = (name: string, { median, ...details }: Timed) =>
  printBar({ name, value: median, unit: 'ms', bar: null, holds: null, ...details, ...busy() });
const bar = (name: string, most: number, { median, ...details }: Timed, more: object = {}) =>
  printAtMost(name, median, 'ms', most, { ...details, ...more, ...busy() });

const chain = await startDevChain();
let network: Awaited<ReturnType<typeof startAccountNetwork>> | undefined;
try {
  network = await startAccountNetwork(chain);
  const { client } = network;
  const { transfer, maySend } = callsOf(client);

  const taps: number[] = [];
  const tapsAccepted: number[] = [];
  const accounts: AccountClient[] = [];
  for (let nth = 0; nth < 10; nth++) {
    const started = performance.now();
    accounts.push(await oneTap(client, () => tapsAccepted.push(performance.now() - started)));
    taps.push(performance.now() - started);
  }
  bar('one tap: from a new passkey to the first confirmed operation, median of 10', 400, times(taps), {
    accepted: medianOf(tapsAccepted),
    firstOfAll: Math.round(taps[0]!),
  });

  const [account] = accounts as [AccountClient];
  const accepted: number[] = [];
  const later = await timed(20, async () => {
    const started = performance.now();
    await sendCalls(account, [transfer(dollar)], {
      onAccepted: () => accepted.push(performance.now() - started),
    });
  });
  bar('passkey operation: from click to receipt, median of 20', 300, later, { accepted: medianOf(accepted) });

  const agent = privateKeyToAccount(generatePrivateKey());
  const now = await chain.now();
  const terms: Terms = {
    agent: agent.address,
    asset: client.addresses.playDollar,
    validFrom: now - 1,
    validUntil: now + 86_400,
    period: 3_600,
    maxPerPeriod: 100n * dollar,
    maxCalls: 100,
    permissions: [maySend],
    salt: keccak256(numberToHex(1)),
  };
  await grantMandate(account, {
    terms,
    label: 'Savings agent',
    // What the first steps took counts on in it.
    budget: { amount: 5_000n * dollar, period: 3_600 },
  });
  const use = (amount: bigint) =>
    useMandateSponsored(client, { agent, account: account.address, terms, calls: [transfer(amount)] });
  report("agent's sponsored operation: to receipt, median of 10", await timed(10, () => use(dollar)));

  const refused = async (code: LichenErrorCode, act: () => Promise<unknown>) => {
    const error = await act().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isLichenError(error) || error.code !== code) throw error ?? new Error('It was not refused.');
  };
  const denied = await timed(20, () => refused('mandate-denied', () => use(11n * dollar)));
  bar('refusal with its reason, agent over its limit for one call, median of 20', 100, denied);
  const overdrawn = await timed(20, () =>
    refused('too-little-money', () => sendCalls(account, [transfer(10_000n * dollar)])),
  );
  report('refusal with its reason, person without the money, median of 20', overdrawn);

  // Everybody has operated once: the first operation of a lane pays for its nonce's slot.
  for (const one of accounts.slice(1)) await sendCalls(one, [transfer(dollar)]);
  const started = performance.now();
  const together = await Promise.all(accounts.map((one) => sendCalls(one, [transfer(dollar)])));
  const receipts = new Map(together.map(({ receipt }) => [receipt.transactionHash, receipt.gasUsed]));
  const gas = [...receipts.values()].reduce((sum, used) => sum + used, 0n);
  printBar({
    name: 'ten people at once: until all have their receipt',
    value: Math.round(performance.now() - started),
    unit: 'ms',
    bar: null,
    holds: null,
    bundles: receipts.size,
    gasEach: Number(gas) / accounts.length,
  });
} finally {
  await network?.stop();
  chain.stop();
}
