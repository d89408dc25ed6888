import { formatCountdown } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { answerText, flightAnswerOf } from './answerText.ts';
import { flightStateText } from './flightStateText.ts';
import type { CoverStory } from './readCoverStory.ts';

export interface StoryStep {
  readonly name: string;
  /** Chain time at which it happened or is due, unix seconds; null while unknown. */
  readonly at: number | null;
  readonly text: string;
  readonly progress: 'done' | 'now' | 'next';
}

const waiting = 'Follows by itself';

/** Whether the final answer was challenged, and how that ended. A question can be disputed more than once. */
function disputeText({ disputes }: CoverStory): string {
  if (disputes.length === 0) return 'Nobody disputed it in time';
  return disputes.some(({ overturned }) => overturned === true)
    ? 'It was disputed, and the answer was changed'
    : 'It was disputed, and the answer stood';
}

/** The seven stations of a cover, in order; exactly one is `now` until the last is done. `now` is chain time. */
export function storySteps(story: CoverStory, now: number): readonly StoryStep[] {
  const { policy, question, status, statements } = story;
  const { flight } = policy;
  const { answer } = question;
  const departed = now >= flight.departsAt;
  const due = now >= flight.arrivesAt;
  const finalAt = answer === null ? null : answer.acceptedAt + question.spec.liveness;
  const isOver = policy.state !== 'live';
  const isDisputed = question.status === 'disputed';
  const isFinal = isOver || (!isDisputed && finalAt !== null && now >= finalAt);
  const told = statements.map(({ statement }) => flightAnswerOf(statement.value));
  const isTold = statements.length > 0 || answer !== null || isOver;

  const steps: { name: string; at: number | null; text: string; done: boolean }[] = [
    {
      name: 'Bought',
      at: story.boughtAt,
      text: `Premium ${formatMoney(policy.parts.premium)}; ${formatMoney(policy.payout)} set aside for you`,
      done: true,
    },
    {
      name: departed ? 'Scheduled departure' : 'Departs',
      at: flight.departsAt,
      text: departed
        ? status === null
          ? 'The sources do not answer right now'
          : flightStateText(status)
        : `In ${formatCountdown(flight.departsAt - now)}`,
      done: departed,
    },
    {
      name: 'Scheduled arrival',
      at: flight.arrivesAt,
      text: due
        ? answer === null
          ? 'The question is open: reporters ask the sources'
          : 'The question opened and reporters asked the sources'
        : `The question opens in ${formatCountdown(flight.arrivesAt - now)}`,
      done: due,
    },
    {
      name: 'Sources speak',
      at: null,
      text: isTold
        ? `${statements.length} signed ${statements.length === 1 ? 'statement' : 'statements'}: ${[
            ...new Set(told),
          ]
            .map((state) =>
              state === undefined
                ? 'unknown'
                : flightStateText({ state, departureDelayMinutes: null, arrivalDelayMinutes: null }),
            )
            .join(', ')
            .toLowerCase()}`
        : due
          ? 'Still in the air, or not landed an hour after schedule yet'
          : waiting,
      done: isTold && due,
    },
    {
      name: 'Answer accepted',
      at: answer?.acceptedAt ?? null,
      text:
        answer === null
          ? isOver
            ? 'No answer came before the deadline'
            : waiting
          : `${answerText(answer.outcome, answer.value)}, signed by ${answer.signers.length} reporters in round ${answer.round}`,
      done: answer !== null || isOver,
    },
    {
      name: 'Answer final',
      at: finalAt,
      text: isFinal
        ? answer === null
          ? 'There was nothing to dispute'
          : disputeText(story)
        : isDisputed
          ? 'Disputed: the dispute is settled first'
          : finalAt === null
            ? waiting
            : `Can be disputed for ${formatCountdown(finalAt - now)} more`,
      done: isFinal,
    },
    {
      name: policy.state === 'closed' ? 'Ended' : policy.state === 'refunded' ? 'Premium returned' : 'Paid',
      at: story.payment?.at ?? null,
      text:
        policy.state === 'paid'
          ? `${formatMoney(policy.payout)} arrived in your balance`
          : policy.state === 'refunded'
            ? `${formatMoney(policy.parts.premium)} came back to your balance`
            : policy.state === 'closed'
              ? 'The flight was in time, so nothing is paid'
              : 'The keeper pays by itself',
      done: isOver,
    },
  ];
  const current = steps.findIndex((step) => !step.done);
  return steps.map(({ done, ...step }, index) => ({
    ...step,
    progress: done && (current === -1 || index < current) ? 'done' : index === current ? 'now' : 'next',
  }));
}
