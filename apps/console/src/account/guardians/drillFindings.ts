import { formatSpan } from '../../format/duration.ts';
import { formatMoney } from '../../format/money.ts';
import type { Tone } from '../../parts/Mark.tsx';
import type { Drill } from './readDrill.ts';

export interface Finding {
  readonly tone: Tone;
  readonly mark: string;
  readonly text: string;
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** What a drill found, the most important first. */
export function drillFindings(drill: Drill): readonly Finding[] {
  const { guardians, threshold, guardiansOnChain } = drill;
  if (guardians === 0) {
    return [
      {
        tone: 'bad',
        mark: 'Fails',
        text: 'You have no guardians: a recovery cannot even begin.',
      },
      ...(drill.devices > 1
        ? [
            {
              tone: 'good' as const,
              mark: 'But',
              text: `You have ${plural(drill.devices, 'device')}: losing one of them costs nothing.`,
            },
          ]
        : []),
    ];
  }
  return [
    guardiansOnChain >= threshold
      ? {
          tone: 'good',
          mark: 'Works',
          text: `${threshold} of ${plural(guardians, 'guardian')} must agree, and ${guardiansOnChain} have an account on the chain. Then ${formatSpan(drill.delaySeconds)} pass.`,
        }
      : {
          tone: 'alive',
          mark: 'Unsure',
          text: `${threshold} of ${plural(guardians, 'guardian')} must agree, but only ${guardiansOnChain} have an account on the chain: ask the others to open theirs.`,
        },
    ...(threshold === 1
      ? [
          {
            tone: 'alive' as const,
            mark: 'Risky',
            text: 'One guardian alone can start it: only your refusal stands in between.',
          },
        ]
      : []),
    {
      tone: 'good',
      mark: 'Back',
      text: `The account with ${formatMoney(drill.balance)} and ${plural(drill.covers, 'live cover')}.`,
    },
    {
      tone: 'alive',
      mark: 'Paused',
      text: `${plural(drill.mandates, 'mandate')} of agents.`,
    },
    {
      tone: 'bad',
      mark: 'Gone',
      text: `${drill.devices === 1 ? 'The passkey' : `All ${drill.devices} passkeys`} of your present devices.`,
    },
    drill.vault === 'none'
      ? {
          tone: 'calm',
          mark: 'Nothing',
          text: 'This device knows of no vault key, so there is none to lose.',
        }
      : drill.vault === 'shares'
        ? {
            tone: 'good',
            mark: 'Back',
            text: 'The vault key, if enough guardians hand you the shares that you made for them.',
          }
        : drill.vault === 'code'
          ? {
              tone: 'alive',
              mark: 'Perhaps',
              text: 'The vault key, if you still have the recovery code and the sealed key that you noted.',
            }
          : {
              tone: 'bad',
              mark: 'Lost',
              text: 'The vault key: it has no recovery code and no shares. Make one on the page “Vault key”.',
            },
  ];
}
