import type { ReplayReport } from '@lichen/sdk';
import type { Tone } from '../parts/Mark.tsx';

const stepNames: Readonly<Record<ReplayReport['steps'][number]['name'], string>> = {
  inputs: 'What it saw is at hand and as recorded',
  rules: 'The rules are the recorded bytes',
  model: 'The model answers the same',
  verdict: 'The rules decide the same',
  calls: 'They ask for the same calls',
};

export const stepText = (name: ReplayReport['steps'][number]['name']): string => stepNames[name] ?? name;

export interface ReplayVerdict {
  readonly tone: Tone;
  /** `Grade A`, or a word for no grade. */
  readonly mark: string;
  readonly text: string;
}

/** What a replay came to. Grade C is compared, never called verified. */
export function replayVerdict({ grade, isSame, steps }: ReplayReport): ReplayVerdict {
  const failed = steps.filter(({ state }) => state === 'failed');
  if (grade === 'C') {
    const isOtherwise = failed.every(({ name }) => name === 'model');
    if (isSame) {
      return {
        tone: 'calm',
        mark: 'Grade C',
        text: 'The model was asked again and came to the same; that is a comparison, not a verification',
      };
    }
    if (failed.length > 0 && isOtherwise) {
      return {
        tone: 'calm',
        mark: 'Grade C',
        text: 'The model was asked again and answered otherwise; that alone is no fault',
      };
    }
  }
  if (failed.length > 0) {
    return {
      tone: 'bad',
      mark: 'Another result',
      text: 'Run again, it does not come to what the record says',
    };
  }
  if (!isSame) {
    return { tone: 'calm', mark: 'No grade', text: 'It could not be run again from what is at hand' };
  }
  if (grade === null) {
    return { tone: 'calm', mark: 'No grade', text: 'There is nothing to run again in it' };
  }
  return grade === 'A'
    ? {
        tone: 'good',
        mark: 'Grade A',
        text: 'Verified: everything was run again and is the same bit for bit',
      }
    : {
        tone: 'good',
        mark: 'Grade B',
        text: 'Verified with the model’s recorded answer: everything around it is the same bit for bit',
      };
}
