import { type Flight, LichenError } from '@lichen/protocol';
import { askFlightQuestion, formatAmount, type LichenClient } from '@lichen/sdk';
import type { Answer } from '../cover/clientCommand.ts';
import { readAirline, readAirport, readWhole } from '../cover/readOptions.ts';
import { chainTimeText } from './rounds.ts';

export interface AskFlags {
  readonly from: string;
  readonly to: string;
  readonly departs: string;
  readonly arrives: string;
  readonly hours: string;
}

/** A moment in unix seconds; its time zone must be said. @throws LichenError `bad-input` */
export function readMoment(name: string, text: string): number {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const seconds = isWhole ? Date.parse(text) / 1000 : Number.NaN;
  if (!Number.isNaN(seconds)) return seconds;
  throw new LichenError('bad-input', `${name} is no moment.`, {
    got: JSON.stringify(text.slice(0, 40)),
    expected: 'a date and time with its zone, such as 2027-01-15T09:00Z or 2027-01-15T04:00-05:00',
    retry: 'after-fix',
  });
}

/** A flight of the present from its name and the flags. @throws LichenError `bad-input` */
export function readLiveFlight(name: string, flags: AskFlags): Flight {
  return {
    carrier: readAirline(name.slice(0, 2)),
    number: readWhole('The number of the flight', name.slice(2), 1, 9_999),
    origin: readAirport(flags.from),
    destination: readAirport(flags.to),
    departsAt: readMoment('--departs', flags.departs),
    arrivesAt: readMoment('--arrives', flags.arrives),
  };
}

/**
 * Asks how a live flight ended.
 * @throws LichenError what `askFlightQuestion` throws.
 */
export async function askCommand(
  client: LichenClient,
  options: { readonly flight: Flight; readonly answerWithin: number },
): Promise<Answer> {
  const asked = await askFlightQuestion(client, options);
  const text = [
    `Asked how ${options.flight.carrier}${options.flight.number} ends.`,
    `  question     ${asked.questionId}`,
    `  fee          ${formatAmount(asked.fee)} pUSD`,
    `  opens at     ${chainTimeText(asked.spec.opensAt)} UTC, the scheduled arrival`,
    `  answer by    ${chainTimeText(asked.spec.answerBy)} UTC; without one the question can be cancelled and the fee returns`,
    '',
    `  See it with: lichen oracle show ${asked.questionId}`,
  ].join('\n');
  return { json: asked, text };
}
