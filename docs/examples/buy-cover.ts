// Finds a flight that leaves soon, prices cover with its reasons, buys it and waits for the end.
// Run: lichen up, then node docs/examples/buy-cover.ts http://127.0.0.1:8080
import {
  buyCover,
  createLichenClient,
  formatAmount,
  getChainTime,
  getPolicy,
  parseAmount,
  quoteCover,
  searchFlights,
} from '@lichen/sdk';

const gatewayUrl = process.argv[2] ?? 'http://127.0.0.1:8080';
const client = await createLichenClient({ gatewayUrl, account: 'development' });

// Sales close a recorded hour before departure, a minute on the embedded network.
const now = await getChainTime(client);
const closes = Math.ceil(3_600 / client.config.world.speed);
const [flight] = await searchFlights(client, { from: now + closes + 30, origin: 'EWR' });
if (flight === undefined) throw new Error('No flight leaves soon.');

const quote = await quoteCover(client, { flightId: flight.flightId, payout: parseAmount('200') });
console.log(
  `${flight.carrier}${flight.number} to ${flight.destination}: ${formatAmount(quote.parts.premium)} pUSD`,
);
for (const part of quote.contributions) {
  console.log(`  ${part.label}, ${part.value} ${part.unit}: ${part.probabilityPpm} parts per million`);
}

const { policyId, premium, hash } = await buyCover(client, { quote });
console.log(`Bought ${policyId} for ${formatAmount(premium)} pUSD in ${hash}.`);

for (;;) {
  const policy = await getPolicy(client, { policyId });
  if (policy.state !== 'live') {
    console.log(`The flight: ${policy.outcome}. The policy: ${policy.state}.`);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}
