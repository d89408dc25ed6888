import { pauseAgent, resumeAgent } from '@lichen/sdk';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import classes from './agents.module.css';
import { longestReason, reasonOf, stateMark } from './agentWords.ts';

/**
 * Pauses an agent, or lets it go on, for a reason that its journal keeps. What the page then shows is what the agent says of
 * itself, not what was asked of it.
 */
export function PauseControl(props: { agent: string; title: string; state: string | undefined }) {
  const { agent, title, state } = props;
  const client = useClient();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const isPaused = state === 'paused';
  const order = useMutation({
    networkMode: 'always',
    mutationFn: () => (isPaused ? resumeAgent : pauseAgent)(client, { agent, reason: reasonOf(reason) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['agent', agent] });
      void queries.invalidateQueries({ queryKey: ['decisions'] });
      setOpen(false);
      setReason('');
    },
  });
  const name = isPaused ? 'Let it go on' : 'Pause';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reasonOf(reason) !== '') order.mutate();
  };
  return (
    <div className={classes.order}>
      {!isOpen && (
        <div className={classes.buttons}>
          <Button
            variant="default"
            disabled={state === undefined || state === 'starting'}
            onClick={() => {
              order.reset();
              setOpen(true);
            }}
          >
            {name}
            <span className="hidden-visually">: {title}</span>
          </Button>
        </div>
      )}
      {isOpen && (
        <form onSubmit={submit} className={classes.order}>
          <TextInput
            label={isPaused ? 'Why may it go on?' : 'Why should it pause?'}
            description="Its journal keeps the reason, for everybody to read."
            value={reason}
            maxLength={longestReason}
            required
            withAsterisk={false}
            data-autofocus
            autoFocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div className={classes.buttons}>
            <Button type="submit" loading={order.isPending} disabled={reasonOf(reason) === ''}>
              {isPaused ? 'Let it go on' : 'Pause it'}
            </Button>
            <Button type="button" variant="default" disabled={order.isPending} onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      )}
      {order.error !== null && <ErrorNote error={order.error} />}
      <p role="status" className="hidden-visually">
        {state === undefined ? '' : `${title}: ${stateMark(state).text}`}
      </p>
    </div>
  );
}
