import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useClient } from '../client/ClientProvider.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { Disputes } from './Disputes.tsx';
import classes from './OraclePage.module.css';
import { Questions } from './Questions.tsx';
import { Reporters } from './Reporters.tsx';
import { Rounds } from './Rounds.tsx';
import { readRounds } from './roundData.ts';

/** What was asked, who answers, what they answered lately, and what was challenged. */
export function OraclePage() {
  const client = useClient();
  const [onlyAnswers, setOnlyAnswers] = useState(false);
  const rounds = useQuery({
    queryKey: ['rounds'],
    queryFn: () => readRounds(client, 60),
    refetchInterval: 3_000,
  });
  const shown = (rounds.data ?? []).filter((round) => !onlyAnswers || round.leaves.length > 0).slice(0, 15);
  return (
    <>
      <PageHead
        title="Oracle"
        lead="Bonded reporters ask independent sources, compare, and sign one root a round. More than two thirds must sign, and every answer can be checked here down to what each source said."
      />
      <div className={classes.stack}>
        <Questions />
        <Panel
          title="Recent rounds"
          note="A round without answers is a heartbeat: it shows that the reporters are awake."
          aside={
            <Switch
              label="With answers only"
              checked={onlyAnswers}
              onChange={(event) => setOnlyAnswers(event.currentTarget.checked)}
            />
          }
        >
          {rounds.isPending && <Waiting rows={8} height={42} name="rounds" />}
          {rounds.isError && rounds.data === undefined && <ErrorNote error={rounds.error} />}
          {rounds.data !== undefined && <Rounds rounds={shown} onlyAnswers={onlyAnswers} />}
        </Panel>
        <Reporters rounds={rounds.data} />
        <Disputes />
      </div>
    </>
  );
}
