import { recordedTimeOf } from '@lichen/protocol';
import { useClient } from '../client/ClientProvider.tsx';
import { formatChainTime, formatRecordedTime } from '../format/moment.ts';
import type { StoryStep } from './storySteps.ts';
import classes from './Timeline.module.css';

const spoken = { done: 'Done: ', now: 'Now: ', next: 'Later: ' } as const;

/** The stations of a cover from top to bottom. */
export function Timeline(props: { steps: readonly StoryStep[] }) {
  const { world } = useClient().config;
  return (
    <ol className={classes.timeline}>
      {props.steps.map((step) => (
        <li
          key={step.name}
          data-progress={step.progress}
          {...(step.progress === 'now' ? { 'aria-current': 'step' as const } : {})}
        >
          <span className={classes.dot} aria-hidden />
          <div className={classes.body}>
            <strong>
              <span className="hidden-visually">{spoken[step.progress]}</span>
              {step.name}
            </strong>
            <span>{step.text}</span>
          </div>
          <span className={classes.at}>
            {step.at !== null && (
              <>
                {formatRecordedTime(recordedTimeOf(world, step.at))} <small>world</small>
                <br />
                <small>{formatChainTime(step.at)} your clock</small>
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
