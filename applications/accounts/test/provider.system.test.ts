import {
  type AccountClient,
  createAccount,
  createProvider,
  type LichenProvider,
  type ProviderRequest,
  passkeyAccountAbi,
  playDollarAbi,
  sendCalls,
} from '@lichen/sdk';
import {
  type Address,
  createWalletClient,
  custom,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  hashMessage,
  numberToHex,
  stringToHex,
} from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNetwork, startNetwork, until } from '../../flight-cover/test/support/network.ts';
import { balanceOf, faucetCall, newDevice, transferCall } from './support/people.ts';

let network: RunningNetwork;
let account: AccountClient;
let provider: LichenProvider;
const asked: ProviderRequest[] = [];
let answer = true;

const shop: Address = '0x00000000000000000000000000000000000051d0';

interface Status {
  readonly status: number;
  readonly atomic: boolean;
  readonly receipts?: { readonly logs: { readonly address: Address }[]; readonly transactionHash: Hex }[];
}

const statusOf = (id: string) =>
  provider.request({ method: 'wallet_getCallsStatus', params: [id] }) as Promise<Status>;

/** As a page writes calls. */
const asPage = (call: { to: Address; data?: Hex }) => ({ to: call.to, data: call.data, value: '0x0' });

/** A permit with nested types whose own type is not the first by name, as Uniswap's Permit2 has it. */
const permit = {
  domain: { name: 'Permit2', chainId: 0, verifyingContract: '0x000000000022D473030F116dDEE9F6B43aC78BA3' },
  types: {
    PermitSingle: [
      { name: 'details', type: 'PermitDetails' },
      { name: 'spender', type: 'address' },
      { name: 'sigDeadline', type: 'uint256' },
    ],
    PermitDetails: [
      { name: 'token', type: 'address' },
      { name: 'amount', type: 'uint160' },
    ],
  },
  primaryType: 'PermitSingle',
  message: { details: { token: shop, amount: 5n }, spender: shop, sigDeadline: 1_900_000_000n },
} as const;
const mail = {
  domain: { name: 'Mail', version: '1', verifyingContract: shop },
  types: {
    Person: [{ name: 'wallet', type: 'address' }],
    Mail: [
      { name: 'from', type: 'Person' },
      { name: 'text', type: 'string' },
    ],
  },
  primaryType: 'Mail',
  message: { from: { wallet: shop }, text: 'Hello' },
} as const;

beforeAll(async () => {
  network = await startNetwork({ speed: 240, from: '2013-12-05T15:00' });
  account = await createAccount(network.client, { signer: newDevice() });
  provider = createProvider(account, {
    origin: 'https://shop.example',
    confirm: (request) => {
      asked.push(request);
      return answer;
    },
  });
  await provider.request({ method: 'eth_requestAccounts' });
});
afterAll(() => network?.stop());

/** Asks the chain whether the account signed it: ERC-1271, or ERC-6492 while it has no code. */
async function expectValid(signature: Hex, message: string): Promise<void> {
  const { chain } = network.client;
  const { address } = account;
  expect(await chain.verifyMessage({ address, message, signature })).toBe(true);
  expect(await chain.verifyMessage({ address, message: `${message}!`, signature })).toBe(false);
}

describe('a web app that knows nothing of Lichen', () => {
  test('gets signatures that the chain believes before the account is on it', async () => {
    expect(await account.isDeployed()).toBe(false);
    const signature = (await provider.request({
      method: 'personal_sign',
      params: [stringToHex('Hello'), account.address],
    })) as Hex;
    await expectValid(signature, 'Hello');
    expect(asked.at(-1)).toEqual({ kind: 'sign-message', message: stringToHex('Hello'), text: 'Hello' });
  });

  test('sends a batch that creates the account: all or nothing, one receipt, its own logs only', async () => {
    const { client } = network;
    const { id } = (await provider.request({
      method: 'wallet_sendCalls',
      params: [
        {
          version: '2.0.0',
          chainId: numberToHex(client.config.chainId),
          from: account.address,
          atomicRequired: true,
          calls: [faucetCall(client, 100n), transferCall(client, shop, 7n)].map(asPage),
        },
      ],
    })) as { id: string };
    expect([100, 200]).toContain((await statusOf(id)).status);
    const done = await until('the batch', 60_000, async () => {
      const status = await statusOf(id);
      return status.status === 100 ? undefined : status;
    });
    expect(done).toMatchObject({ status: 200, atomic: true });
    expect(done.receipts).toHaveLength(1);
    expect(new Set(done.receipts![0]!.logs.map(({ address }) => address.toLowerCase()))).toEqual(
      new Set([client.addresses.playDollar.toLowerCase()]),
    );
    expect([await balanceOf(client, shop), await balanceOf(client, account.address)]).toEqual([7n, 93n]);
    await expect(
      provider.request({
        method: 'wallet_sendCalls',
        params: [
          {
            version: '2.0.0',
            id,
            chainId: numberToHex(client.config.chainId),
            atomicRequired: false,
            calls: [asPage(faucetCall(client, 1n))],
          },
        ],
      }),
    ).rejects.toMatchObject({ code: 5720 });
  });

  test('sends single transactions by viem as with any wallet, and reads through it', async () => {
    const { client } = network;
    const wallet = createWalletClient({
      account: account.address,
      chain: client.chain.chain,
      transport: custom(provider),
    });
    const hash = await wallet.writeContract({
      address: client.addresses.playDollar,
      abi: playDollarAbi,
      functionName: 'transfer',
      args: [shop, 3n],
    });
    expect((await client.chain.getTransactionReceipt({ hash })).status).toBe('success');
    const read = (await provider.request({
      method: 'eth_call',
      params: [
        {
          to: client.addresses.playDollar,
          data: encodeFunctionData({ abi: playDollarAbi, functionName: 'balanceOf', args: [shop] }),
        },
        'latest',
      ],
    })) as Hex;
    expect(decodeFunctionResult({ abi: playDollarAbi, functionName: 'balanceOf', data: read })).toBe(10n);
    // A read that reverts comes back with its data, which pages decode.
    await expect(
      provider.request({
        method: 'eth_call',
        params: [{ from: shop, ...asPage(transferCall(client, account.address, 10_000n)) }, 'latest'],
      }),
    ).rejects.toMatchObject({ code: 3, data: expect.stringMatching(/^0x/) });
  });

  test('gets signatures of messages and typed data that no other account and no other app can use', async () => {
    const { chain, config } = network.client;
    const { address } = account;
    const wallet = createWalletClient({ account: address, chain: chain.chain, transport: custom(provider) });
    await expectValid(await wallet.signMessage({ message: 'Hello again' }), 'Hello again');
    const typed = [
      mail,
      { ...permit, domain: { ...permit.domain, chainId: config.chainId } },
    ] as unknown as Parameters<typeof wallet.signTypedData>[0][];
    for (const data of typed) {
      const signature = await wallet.signTypedData(data);
      expect(await chain.verifyTypedData({ address, signature, ...data } as never)).toBe(true);
      const elsewhere = { ...data, domain: { ...data.domain, verifyingContract: address } };
      expect(await chain.verifyTypedData({ address, signature, ...elsewhere } as never)).toBe(false);
    }
    // The passkey's bare signature of a hash is no signature of the account: nothing can be replayed from elsewhere.
    const bare = newDevice();
    const other = await createAccount(network.client, { signer: bare });
    const replayed = await wallet.signMessage({ message: 'Hello' });
    expect(
      await chain.verifyHash({ address: other.address, hash: hashMessage('Hello'), signature: replayed }),
    ).toBe(false);
  });

  test('cannot reach a module that the account has installed besides those it was born with', async () => {
    const { client } = network;
    // Answers 1 to every call: it says that it is a module of any type, and takes its installation.
    const hash = await client.wallet!.sendTransaction({
      data: '0x600a600c600039600a6000f3600160005260206000f3',
      gas: 200_000n,
    });
    const module = (await client.chain.waitForTransactionReceipt({ hash })).contractAddress!;
    const send = () =>
      provider.request({
        method: 'eth_sendTransaction',
        params: [{ from: account.address, to: module, data: '0x' }],
      });
    expect(await send()).toMatch(/^0x/);
    const executor = 2n;
    const data = encodeFunctionData({
      abi: passkeyAccountAbi,
      functionName: 'installModule',
      args: [executor, module, '0x'],
    });
    await sendCalls(account, [{ to: account.address, data }]);
    asked.length = 0;
    await expect(send()).rejects.toMatchObject({ code: 4100 });
    expect(asked).toEqual([]);
  });

  test('may have its own paymaster service pay', async () => {
    const { client } = network;
    const url = new URL(client.config.accounts!.paymasterPath, client.gatewayUrl).href;
    const { id } = (await provider.request({
      method: 'wallet_sendCalls',
      params: [
        {
          version: '2.0.0',
          chainId: numberToHex(client.config.chainId),
          atomicRequired: true,
          calls: [asPage(faucetCall(client, 5n))],
          capabilities: { paymasterService: { url } },
        },
      ],
    })) as { id: string };
    expect(asked.at(-1)).toMatchObject({ kind: 'send', sponsorUrl: url });
    await until('the batch', 60_000, async () => ((await statusOf(id)).status === 200 ? true : undefined));
  });

  test('gets nothing when the person says no, and the reason when the chain does', async () => {
    const { client } = network;
    answer = false;
    const before = await balanceOf(client, account.address);
    await expect(
      provider.request({
        method: 'eth_sendTransaction',
        params: [{ from: account.address, ...asPage(transferCall(client, shop, 1n)) }],
      }),
    ).rejects.toMatchObject({ code: 4001 });
    answer = true;
    const tooMuch = [{ from: account.address, ...asPage(transferCall(client, shop, 10_000n)) }];
    await expect(provider.request({ method: 'eth_sendTransaction', params: tooMuch })).rejects.toMatchObject({
      code: -32603,
      data: { error: expect.any(String), next: expect.any(String) },
    });
    expect(await balanceOf(client, account.address)).toBe(before);
  });
});
