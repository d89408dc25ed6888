import { type AgentConfig, listAgents } from '@lichen/sdk';
import { Link, useParams } from 'react-router';
import { LostPage } from '../app/LostPage.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo } from '../format/duration.ts';
import { briefText, formatMoment } from '../journal/decisionWords.ts';
import { plainText } from '../journal/plainText.ts';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { Mark } from '../parts/Mark.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { AuditPanel } from './AuditPanel.tsx';
import classes from './agents.module.css';
import { journalNumberOf, stateMark } from './agentWords.ts';
import { BoundsPanel } from './BoundsPanel.tsx';
import { formatDay } from './curve.ts';
import { EquityPanel } from './EquityPanel.tsx';
import { FiguresPanel } from './FiguresPanel.tsx';
import { NewestDecisions } from './NewestDecisions.tsx';
import { PauseControl } from './PauseControl.tsx';
import { StandingPanel } from './StandingPanel.tsx';
import { useAgentStatus, useEquity } from './useAgent.ts';

/** One agent: what its account was worth at every decision, its figures, its bounds, its journal, and an audit of it. */
export function AgentPage() {
  const client = useClient();
  const name = useParams().agent ?? '';
  const agent = listAgents(client).find((candidate) => candidate.name === name);
  return agent === undefined ? <LostPage /> : <Agent key={name} agent={agent} />;
}

function Agent(props: { agent: AgentConfig }) {
  const { agent } = props;
  const { config } = useClient();
  const equity = useEquity(agent.name);
  const journal = journalNumberOf(config, agent.journal);
  return (
    <>
      <PageHead
        title={plainText(agent.title)}
        above={
          <Link to="/agents" className="back">
            ← All agents
          </Link>
        }
        lead="Every decision is in its journal before it acts: what it saw, what it chose, what it refused and why."
        aside={<span className={classes.label}>{plainText(agent.label)}</span>}
      />
      <div className={classes.stack}>
        {equity.data !== undefined ? (
          <EquityPanel points={equity.data.points} journal={journal} />
        ) : (
          <Panel title="Worth">
            {equity.isError ? (
              <ErrorNote error={equity.error} />
            ) : (
              <Waiting rows={1} height={420} name="worth" />
            )}
          </Panel>
        )}
        <div className={classes.columns}>
          <div className={classes.stack}>
            {journal !== undefined && <NewestDecisions journal={journal} />}
            <FiguresPanel agent={agent.name} />
          </div>
          <div className={classes.stack}>
            <StatePanel agent={agent} />
            <BoundsPanel account={agent.account} agent={agent.address} />
            <AuditPanel agent={agent} journal={journal} />
            <StandingPanel origin={agent.journal} journal={journal} />
          </div>
        </div>
      </div>
    </>
  );
}

/** What the agent says of itself, and the way to stop it. */
function StatePanel(props: { agent: AgentConfig }) {
  const { agent } = props;
  const now = useNow();
  const status = useAgentStatus(agent.name);
  const mark = status.data === undefined ? undefined : stateMark(status.data.state);
  const since = status.data?.since ?? 0;
  return (
    <Panel title="State" aside={mark !== undefined && <Mark tone={mark.tone}>{mark.text}</Mark>}>
      {status.isPending && <Waiting rows={4} height={32} name="state" />}
      {status.isError && status.data === undefined && <ErrorNote error={status.error} />}
      {status.data !== undefined && (
        <div className={classes.card}>
          <Facts
            columns={1}
            items={[
              ['Since', `${formatMoment(since)}, ${formatAgo(now - Math.floor(since / 1_000))}`],
              ...(status.data.reason === '' ? [] : [['Because', briefText(status.data.reason)] as const]),
              ['Recorded day', status.data.day === undefined ? 'not begun' : formatDay(status.data.day)],
              ['Acts for', <Hash key="account" value={agent.account} name="address of its account" />],
              ['Its own key', <Hash key="key" value={agent.address} name="address of the agent" />],
            ]}
          />
          <PauseControl agent={agent.name} title={plainText(agent.title)} state={status.data.state} />
          <p className={classes.small}>
            A pause ends new acts; the journal records it. On the chain its account can also pause or revoke
            its mandates.
          </p>
        </div>
      )}
    </Panel>
  );
}
