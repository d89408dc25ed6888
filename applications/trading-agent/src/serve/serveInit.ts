import type { AgentMessage } from '@lichen/node';
import type { Misbehaviour } from './misbehave.ts';

/** What the supervisor tells the agent at its start; a test may leave the anchor out and name files of its own. */
export type TradingInit = Omit<AgentMessage, 'anchor' | 'anchorKey' | 'misbehave'> &
  Partial<Pick<AgentMessage, 'anchor' | 'anchorKey'>> & {
    readonly ruleFile?: string;
    readonly modelFile?: string;
    /** Makes the agent break its word, to see who notices. */
    readonly misbehave?: Misbehaviour;
  };
