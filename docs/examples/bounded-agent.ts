// A person lets an agent buy cover within bounds; the agent buys without ether; the person takes it back.
// Run: lichen up, then node docs/examples/bounded-agent.ts http://127.0.0.1:8080
import { isLichenError, softwarePasskey, type Terms, wordIndexOf } from '@lichen/protocol';
import {
  buyCoverCall,
  createAccount,
  createLichenClient,
  faucet,
  flightCoverAbi,
  formatAmount,
  getChainTime,
  grantMandate,
  listMandates,
  parseAmount,
  quoteCover,
  revokeAllMandates,
  searchFlights,
  useMandateSponsored,
  withAccount,
} from '@lichen/sdk';
import { toFunctionSelector } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

const client = await createLichenClient({ gatewayUrl: process.argv[2] ?? 'http://127.0.0.1:8080' });

// In a browser this is navigator.credentials; a key in a variable is as safe as the variable.
const signer = softwarePasskey(generatePrivateKey(), 'localhost', 'http://localhost:8080');
const person = await createAccount(client, { signer });
await faucet(withAccount(person), { amount: parseAmount('500') });

const agent = privateKeyToAccount(generatePrivateKey());
const now = await getChainTime(client);
const buy = flightCoverAbi.find((item) => item.type === 'function' && item.name === 'buy');
if (buy?.type !== 'function') throw new Error('FlightCover sells nothing.');
const terms: Terms = {
  agent: agent.address,
  asset: client.addresses.playDollar,
  validFrom: now,
  validUntil: now + 3_600,
  period: 600,
  maxPerPeriod: parseAmount('150'),
  maxCalls: 5,
  permissions: [
    {
      target: client.addresses.flightCover,
      selector: toFunctionSelector(buy),
      amountArg: wordIndexOf(flightCoverAbi, 'buy', 'maxPremium'),
      pulls: true,
      maxAmount: parseAmount('100'),
      pins: [],
    },
  ],
  salt: generatePrivateKey(),
};
await grantMandate(person, {
  terms,
  label: 'Travel agent',
  budget: { amount: parseAmount('150'), period: 600 },
});

const [flight] = await searchFlights(client, {
  from: now + Math.ceil(3_600 / client.config.world.speed) + 60,
});
if (flight === undefined) throw new Error('No flight leaves soon.');
const quote = await quoteCover(client, { flightId: flight.flightId, payout: parseAmount('100') });
const calls = [buyCoverCall(client, { quote, maxPremium: quote.parts.premium })];
const use = { agent, account: person.address, terms, calls };
const { transactionHash } = await useMandateSponsored(client, use);
const [mandate] = await listMandates(client, { account: person.address });
console.log(
  `The agent bought cover in ${transactionHash}; ${formatAmount(mandate!.left.ofPeriod)} pUSD are left.`,
);

await revokeAllMandates(person);
await useMandateSponsored(client, use).catch((error: unknown) => {
  if (!isLichenError(error)) throw error;
  console.log(error.message);
});
