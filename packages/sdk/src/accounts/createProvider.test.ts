import { fc, test as property } from '@fast-check/vitest';
import { softwarePasskey } from '@lichen/protocol';
import { type Address, getAddress, numberToHex, toHex } from 'viem';
import { describe, expect, test } from 'vitest';
import type { LichenConfig } from '../client/config.ts';
import { connectLichen } from '../client/createLichenClient.ts';
import { accountClientOf } from './accountClientOf.ts';
import { createProvider, type ProviderInit, type ProviderRequest } from './createProvider.ts';
import { contentsDescription } from './providerSignature.ts';

const address = '0x00000000000000000000000000000000000A11cE';
const other = '0x0000000000000000000000000000000000000B0b';
const token = '0x00000000000000000000000000000000000070c3';
const accounts = {
  entryPoint: '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108',
  factory: '0x0000000000000000000000000000000000000F01',
  implementation: '0x0000000000000000000000000000000000000f02',
  mandateExecutor: '0x0000000000000000000000000000000000000f03',
  mandateValidator: getAddress('0x0000000000000000000000000000000000000f04'),
  guardianRecovery: '0x0000000000000000000000000000000000000f05',
  sponsor: '0x0000000000000000000000000000000000000f06',
  bundlerPath: '/bundler',
  paymasterPath: '/paymaster',
} as const;
const chainId = '0x7a69';

/** A provider of an account on a network that nobody answers for: whatever reaches the chain or the signer fails. */
function providerWith(init: Partial<ProviderInit> = {}) {
  const asked: ProviderRequest[] = [];
  const config = {
    name: 'test',
    chainId: Number(chainId),
    rpcPath: '/rpc',
    addresses: {},
    accounts,
  } as unknown as LichenConfig;
  const client = connectLichen({ gatewayUrl: 'http://127.0.0.1:1', config });
  const signer = softwarePasskey(`0x${'11'.repeat(32)}`, 'localhost', 'http://localhost');
  let signed = 0;
  const found = accountClientOf(client, {
    address,
    signer: {
      ...signer,
      sign: (hash) => {
        signed += 1;
        return signer.sign(hash);
      },
    },
  });
  // Not on the chain yet, so that nobody need be asked about its modules.
  const account = { ...found, isDeployed: async () => false };
  const provider = createProvider(account, {
    confirm: (request) => {
      asked.push(request);
      return true;
    },
    ...init,
  });
  return { provider, asked, signed: () => signed };
}

async function connected(init: Partial<ProviderInit> = {}) {
  const made = providerWith(init);
  await made.provider.request({ method: 'eth_requestAccounts' }).catch(() => undefined);
  made.asked.length = 0;
  return made;
}

const call = { to: token, data: '0xa9059cbb', value: '0x0' };
const batch = { version: '2.0.0', from: address, chainId, atomicRequired: true, calls: [call] };
const typedData = {
  domain: { name: 'Shop', version: '1', chainId: Number(chainId), verifyingContract: token },
  types: { Order: [{ name: 'amount', type: 'uint256' }] },
  primaryType: 'Order',
  message: { amount: '5' },
};

describe('a page that has not been let in', () => {
  test('sees no account, and may send, sign and ask nothing about it', async () => {
    const { provider, asked } = providerWith();
    expect(await provider.request({ method: 'eth_accounts' })).toEqual([]);
    expect(await provider.request({ method: 'eth_chainId' })).toBe(chainId);
    for (const [method, params] of [
      ['eth_sendTransaction', [{ from: address, ...call }]],
      ['personal_sign', ['0x68656c6c6f', address]],
      ['eth_signTypedData_v4', [address, typedData]],
      ['wallet_sendCalls', [batch]],
      ['wallet_getCallsStatus', ['0x01']],
      ['wallet_getCapabilities', [address]],
    ] as const) {
      await expect(provider.request({ method, params }), method).rejects.toMatchObject({ code: 4100 });
    }
    expect(asked).toEqual([]);
  });

  test('is let in by the person only, and put out again', async () => {
    const refusing = providerWith({ confirm: () => false });
    await expect(refusing.provider.request({ method: 'eth_requestAccounts' })).rejects.toMatchObject({
      code: 4001,
    });
    expect(await refusing.provider.request({ method: 'eth_accounts' })).toEqual([]);

    const { provider, asked } = providerWith();
    const heard: unknown[] = [];
    provider.on('accountsChanged', (value) => heard.push(value));
    provider.on('connect', (value) => heard.push(value));
    expect(await provider.request({ method: 'eth_requestAccounts' })).toEqual([address]);
    expect(await provider.request({ method: 'eth_requestAccounts' })).toEqual([address]);
    expect(asked).toEqual([{ kind: 'connect' }]);
    provider.disconnect();
    expect(await provider.request({ method: 'eth_accounts' })).toEqual([]);
    expect(heard).toEqual([{ chainId }, [address], []]);
  });

  test('only a clear yes counts', async () => {
    for (const answer of [undefined, 1, 'yes', {}]) {
      const { provider } = providerWith({ confirm: () => answer as never });
      await expect(provider.request({ method: 'eth_requestAccounts' })).rejects.toMatchObject({ code: 4001 });
    }
  });
});

describe('a hostile page', () => {
  test('cannot reach methods that sign blindly, or that nobody knows', async () => {
    const { provider, asked, signed } = await connected();
    for (const method of [
      'eth_sign',
      'eth_signTransaction',
      'eth_sendRawTransaction',
      'eth_signTypedData',
      'eth_signTypedData_v3',
      'wallet_addEthereumChain',
      'wallet_grantPermissions',
      'personal_unlockAccount',
      'anvil_setBalance',
      'hasOwnProperty',
      'constructor',
      '__proto__',
      '',
    ]) {
      await expect(provider.request({ method, params: [] }), method).rejects.toMatchObject({ code: 4200 });
    }
    expect([asked, signed()]).toEqual([[], 0]);
  });

  test('cannot change devices, modules, mandates or guardians, whatever the person would say', async () => {
    const { provider, asked, signed } = await connected();
    const { bundlerPath: _, paymasterPath: __, ...settings } = accounts;
    for (const to of [address, ...Object.values(settings)]) {
      for (const shape of [to, to.toLowerCase()]) {
        const hostile = { ...call, to: shape };
        for (const [method, params] of [
          ['eth_sendTransaction', [{ from: address, ...hostile }]],
          ['wallet_sendCalls', [{ ...batch, calls: [call, hostile] }]],
          [
            'eth_signTypedData_v4',
            [address, { ...typedData, domain: { ...typedData.domain, verifyingContract: shape } }],
          ],
        ] as const) {
          await expect(provider.request({ method, params }), `${method} ${to}`).rejects.toMatchObject({
            code: 4100,
          });
        }
      }
    }
    expect([asked, signed()]).toEqual([[], 0]);
  });

  test('cannot act for another account or on another chain', async () => {
    const { provider, asked } = await connected();
    for (const [method, params, code] of [
      ['eth_sendTransaction', [{ ...call, from: other }], 4100],
      ['eth_sendTransaction', [{ ...call, from: address, chainId: '0x1' }], 4901],
      ['personal_sign', ['0x68656c6c6f', other], 4100],
      ['eth_signTypedData_v4', [other, typedData], 4100],
      [
        'eth_signTypedData_v4',
        [address, { ...typedData, domain: { ...typedData.domain, chainId: 1 } }],
        -32602,
      ],
      ['wallet_sendCalls', [{ ...batch, from: other }], 4100],
      ['wallet_sendCalls', [{ ...batch, chainId: '0x1' }], 5710],
      ['wallet_getCapabilities', [other], 4100],
      ['wallet_switchEthereumChain', [{ chainId: '0x1' }], 4902],
    ] as const) {
      await expect(provider.request({ method, params }), method).rejects.toMatchObject({ code });
    }
    expect(asked).toEqual([]);
  });

  test('cannot wear the person down with many questions at once', async () => {
    let answer: (value: boolean) => void = () => undefined;
    const { provider } = providerWith({
      confirm: () =>
        new Promise<boolean>((resolve) => {
          answer = resolve;
        }),
    });
    const first = provider.request({ method: 'eth_requestAccounts' });
    await expect(provider.request({ method: 'eth_requestAccounts' })).rejects.toMatchObject({ code: -32002 });
    answer(true);
    expect(await first).toEqual([address]);
  });

  test('cannot have a sign-in for another site signed', async () => {
    const { provider, asked } = await connected({ origin: 'https://evil.example' });
    const message = toHex(
      `bank.example wants you to sign in with your Ethereum account:\n${address}\n\nHello\n\nURI: https://bank.example\nVersion: 1\nChain ID: 1\nNonce: 12345678\nIssued At: 2026-11-25T00:00:00.000Z`,
    );
    await expect(
      provider.request({ method: 'personal_sign', params: [message, address] }),
    ).rejects.toMatchObject({ code: 4100 });
    expect(asked).toEqual([]);
  });

  test('cannot show a message that reads as another: only plain text is shown as text', async () => {
    const shown: ProviderRequest[] = [];
    const { provider: honest } = providerWith({
      confirm: (request) => {
        shown.push(request);
        return request.kind === 'connect';
      },
    });
    await honest.request({ method: 'eth_requestAccounts' });
    for (const message of ['Pay 5', 'Pay \u202e5 dollars', 'tab\tand\nline', '\u0007']) {
      await honest
        .request({ method: 'personal_sign', params: [toHex(message), address] })
        .catch(() => undefined);
    }
    await honest.request({ method: 'personal_sign', params: ['0xff00', address] }).catch(() => undefined);
    expect(shown.slice(1).map((request) => (request as { text: string | null }).text)).toEqual([
      'Pay 5',
      null,
      'tab\tand\nline',
      null,
      null,
    ]);
  });

  property.prop([
    fc.jsonValue(),
    fc.constantFrom('eth_sendTransaction', 'wallet_sendCalls', 'eth_signTypedData_v4'),
  ])('gets a numbered error for any nonsense, and never a signature', async (nonsense, method) => {
    const { provider, signed } = await connected({ confirm: () => false });
    for (const params of [nonsense, [nonsense], [address, nonsense]]) {
      const error = await provider.request({ method, params }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ProviderRpcError', code: expect.any(Number) });
    }
    expect(signed()).toBe(0);
  });
});

describe('batches of EIP-5792', () => {
  test('what is malformed has its code', async () => {
    const { provider, asked } = await connected();
    for (const [change, code] of [
      [{ version: '1.0' }, -32602],
      [{ version: undefined }, -32602],
      [{ chainId: undefined }, -32602],
      [{ chainId: '0x07a69' }, -32602],
      [{ chainId: 31337 }, -32602],
      [{ atomicRequired: undefined }, -32602],
      [{ calls: [] }, -32602],
      [{ calls: [{ data: '0x60' }] }, -32602],
      [{ calls: [{ ...call, value: '0x00' }] }, -32602],
      [{ calls: [{ ...call, value: '1' }] }, -32602],
      [{ calls: [{ ...call, data: '0x1' }] }, -32602],
      [{ calls: Array(65).fill(call) }, 5740],
      [{ calls: [{ ...call, data: numberToHex(1, { size: 100_001 }) }] }, 5740],
      [{ capabilities: { flyToTheMoon: {} } }, 5700],
      [{ calls: [{ ...call, capabilities: { flyToTheMoon: {} } }] }, 5700],
      [{ capabilities: { paymasterService: { url: 'http://evil.example' } } }, 5700],
      [{ capabilities: { paymasterService: { url: 'https://me:secret@evil.example' } } }, 5700],
      [{ capabilities: { paymasterService: { url: 'file:///etc/passwd' } } }, 5700],
      [{ id: '' }, -32602],
      [{ id: 7 }, -32602],
      [{ id: 'x'.repeat(8_195) }, -32602],
    ] as const) {
      await expect(
        provider.request({ method: 'wallet_sendCalls', params: [{ ...batch, ...change }] }),
        JSON.stringify(change).slice(0, 80),
      ).rejects.toMatchObject({ code });
    }
    expect(asked).toEqual([]);
  });

  test('optional capabilities that nobody knows do not stand in the way, and the person sees who pays', async () => {
    const shown: ProviderRequest[] = [];
    const { provider } = await connected({
      confirm: (request) => {
        shown.push(request);
        return request.kind === 'connect';
      },
    });
    for (const capabilities of [
      { flyToTheMoon: { optional: true } },
      { paymasterService: { url: 'https://pays.example/rpc' } },
      { paymasterService: { url: 'http://evil.example', optional: true } },
    ]) {
      await expect(
        provider.request({ method: 'wallet_sendCalls', params: [{ ...batch, capabilities }] }),
      ).rejects.toMatchObject({ code: 4001 });
    }
    const checked = { to: token, data: '0xa9059cbb', value: 0n };
    expect(shown.slice(1)).toEqual([
      { kind: 'send', calls: [checked] },
      { kind: 'send', calls: [checked], sponsorUrl: 'https://pays.example/rpc' },
      { kind: 'send', calls: [checked] },
    ]);
  });

  test('a refused batch leaves no id behind; an unknown id is unknown', async () => {
    const { provider } = await connected({ confirm: ({ kind }) => kind === 'connect' });
    const send = () => provider.request({ method: 'wallet_sendCalls', params: [{ ...batch, id: '0xabcd' }] });
    await expect(send()).rejects.toMatchObject({ code: 4001 });
    await expect(send()).rejects.toMatchObject({ code: 4001 });
    for (const method of ['wallet_getCallsStatus', 'wallet_showCallsStatus']) {
      await expect(provider.request({ method, params: ['0xabcd'] })).rejects.toMatchObject({ code: 5730 });
      await expect(provider.request({ method, params: [] })).rejects.toMatchObject({ code: -32602 });
    }
  });

  test('says what it can do on its own chain, and nothing of others', async () => {
    const { provider } = await connected();
    const ask = (...params: unknown[]) => provider.request({ method: 'wallet_getCapabilities', params });
    const own = { [chainId]: { atomic: { status: 'supported' }, paymasterService: { supported: true } } };
    expect(await ask(address)).toEqual(own);
    expect(await ask(address, ['0x1', chainId])).toEqual(own);
    expect(await ask(address, ['0x1'])).toEqual({});
    expect(await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] })).toBe(
      null,
    );
  });
});

describe('typed data', () => {
  test('the envelope of ERC-7739 cannot come from the page', async () => {
    const { provider, asked } = await connected();
    for (const bad of [
      { ...typedData, primaryType: 'EIP712Domain' },
      { ...typedData, primaryType: 'Missing' },
      { ...typedData, types: { ...typedData.types, TypedDataSign: [{ name: 'contents', type: 'Order' }] } },
      { ...typedData, domain: undefined },
      { ...typedData, message: { amount: 'five' } },
      'no json',
      null,
    ]) {
      await expect(
        provider.request({ method: 'eth_signTypedData_v4', params: [address, bad] }),
      ).rejects.toMatchObject({ code: -32602 });
    }
    expect(asked).toEqual([]);
  });

  test('the type of the contents is named as the account reads it', () => {
    const person = [{ name: 'wallet', type: 'address' }];
    expect(
      contentsDescription('Mail', {
        Person: person,
        Mail: [{ name: 'from', type: 'Person[]' }],
        Unused: person,
      }),
    ).toBe('Mail(Person[] from)Person(address wallet)');
    // Sorted, the contents' own type is not the first: its name follows.
    expect(
      contentsDescription('PermitSingle', {
        PermitSingle: [{ name: 'details', type: 'PermitDetails' }],
        PermitDetails: [{ name: 'token', type: 'address' }],
      }),
    ).toBe('PermitDetails(address token)PermitSingle(PermitDetails details)PermitSingle');
  });
});

test('a listener of the page that throws does not silence the others', async () => {
  const { provider } = providerWith();
  const heard: Address[][] = [];
  provider.on('accountsChanged', () => {
    throw new Error('page');
  });
  const listener = (value: Address[]) => heard.push(value);
  provider.on('accountsChanged', listener as never);
  await provider.request({ method: 'eth_requestAccounts' });
  provider.removeListener('accountsChanged', listener as never);
  provider.disconnect();
  expect(heard).toEqual([[address]]);
});
