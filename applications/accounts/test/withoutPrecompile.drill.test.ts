import {
  createAccount,
  createAndSend,
  grantMandate,
  sendCalls,
  sendCallsSelfPaid,
  useMandate,
} from '@lichen/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OldChain, startOnOldChain } from './support/oldChain.ts';
import {
  balanceOf,
  faucetCall,
  newAgent,
  newDevice,
  termsFor,
  transferCall,
  transferPermission,
} from './support/people.ts';

const shop = '0x00000000000000000000000000000000000050fe';
let network: OldChain;

beforeAll(async () => {
  network = await startOnOldChain();
}, 400_000);
afterAll(() => network?.stop());

test('on a chain without the P-256 precompile everything works, for more gas', async () => {
  const { client } = network;
  const { data } = await client.chain.call({
    to: '0x0000000000000000000000000000000000000100',
    data: `0x${'00'.repeat(160)}`,
  });
  expect(data ?? '0x').toBe('0x');

  const { account } = await createAndSend(client, {
    signer: newDevice(),
    birthCalls: [faucetCall(client, 100n)],
    calls: [transferCall(client, shop, 10n)],
    session: {
      asset: client.addresses.playDollar,
      permissions: [transferPermission(client, 10n)],
      maxPerPeriod: 10n,
    },
  });
  const sponsored = await sendCalls(account, [transferCall(client, shop, 20n)]);
  await sendCallsSelfPaid(account, [transferCall(client, shop, 30n)]);
  expect(await balanceOf(client, account.address)).toBe(40n);
  // The curve in Solidity alone takes more than 200,000; with the precompile the whole operation takes less than that.
  expect(sponsored.receipt.gasUsed).toBeGreaterThan(250_000n);

  const { agent, client: ofAgent } = await newAgent(client);
  const terms = await termsFor(client, agent.address);
  await grantMandate(account, { terms, label: 'Agent', budget: { amount: 100n, period: 600 } });
  await useMandate(ofAgent, { account: account.address, terms, calls: [transferCall(client, shop, 40n)] });
  expect(await balanceOf(client, account.address)).toBe(0n);

  const born = createAccount(client, { signer: newDevice() });
  await sendCallsSelfPaid(born, [faucetCall(client, 5n)]);
  expect(await balanceOf(client, born.address)).toBe(5n);
}, 300_000);
