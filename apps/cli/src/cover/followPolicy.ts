import { LichenError } from '@lichen/protocol';
import {
  formatAmount,
  getChainTime,
  getFlight,
  getPolicy,
  type LichenClient,
  type Policy,
} from '@lichen/sdk';
import type { Hex } from 'viem';
import { leavesText, spanText } from './timeText.ts';

const pollMs = 1_000;
/** Recorded seconds after the scheduled arrival by which every flight of the record has settled, with room to spare. */
const longestWait = 36 * 3_600;

/**
 * Watches a policy until it is paid, refunded or closed, telling each change once.
 * @throws LichenError `timeout` when nothing has ended a recorded day and a half after the scheduled arrival.
 */
export async function followPolicy(
  client: LichenClient,
  options: { readonly policyId: Hex; readonly onProgress: (line: string) => void },
): Promise<void> {
  let told = '';
  for (;;) {
    const policy = await getPolicy(client, { policyId: options.policyId });
    if (policy.state !== 'live') return;
    const [now, { status }] = await Promise.all([
      getChainTime(client),
      getFlight(client, { flightId: policy.flightId }),
    ]);
    const line = progressText(policy, status, now);
    if (line.change !== told) {
      told = line.change;
      options.onProgress(line.text);
    }
    const { arrivesAt } = policy.flight;
    if (now > arrivesAt + 600 + longestWait / client.config.world.speed) {
      throw new LichenError('timeout', 'The policy has not ended in time.', {
        got: `still live ${spanText(now - arrivesAt)} after the scheduled arrival`,
        next: `Try to end it with \`lichen cover pay ${policy.policyId}\`.`,
        retry: 'later',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** What to tell of a live policy: `change` differs whenever it is worth a new line. */
function progressText(
  policy: Policy,
  status: Awaited<ReturnType<typeof getFlight>>['status'],
  now: number,
): { readonly change: string; readonly text: string } {
  if (policy.outcome !== 'open') {
    return {
      change: policy.outcome,
      text: `The oracle's final answer: ${policy.outcome}. Waiting for the payment.`,
    };
  }
  const { departsAt, arrivesAt } = policy.flight;
  const delay =
    status.departureDelayMinutes === null
      ? ''
      : `, left ${status.departureDelayMinutes} minutes after schedule`;
  if (status.state === 'scheduled') {
    return { change: 'scheduled', text: `The flight ${leavesText(departsAt, now)}.` };
  }
  const arrival =
    arrivesAt > now ? `due in ${spanText(arrivesAt - now)}` : `was due ${spanText(now - arrivesAt)} ago`;
  return {
    change: status.state,
    text: `The flight is ${status.state}${delay}; ${arrival}. Waiting for the oracle's answer.`,
  };
}

/** How a policy ended, in one sentence. */
export function policyEndText(policy: Policy): string {
  const name = `${policy.flight.carrier}${policy.flight.number}`;
  const amount = formatAmount(policy.payout);
  if (policy.state === 'paid') return `Paid ${amount} pUSD: ${name} was ${policy.outcome}.`;
  if (policy.state === 'refunded') {
    return `Refunded ${formatAmount(policy.parts.premium)} pUSD: ${name} is ${policy.outcome}.`;
  }
  if (policy.state === 'closed') return `Closed without a payment: ${name} was ${policy.outcome}.`;
  return `Policy ${policy.policyId} is ${policy.state}.`;
}
