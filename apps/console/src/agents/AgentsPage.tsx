import { type AgentConfig, listAgents } from '@lichen/sdk';
import { Link } from 'react-router';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatAgo, formatSpan } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { briefText } from '../journal/decisionWords.ts';
import { plainText } from '../journal/plainText.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Mark } from '../parts/Mark.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './agents.module.css';
import { journalNumberOf, stateMark } from './agentWords.ts';
import { changeOf, comparedText, formatBps, formatDay } from './curve.ts';
import { PauseControl } from './PauseControl.tsx';
import { useAgentStatus, useEquity } from './useAgent.ts';

/** The agents that this network runs: what each is at, how it does, and the way to stop it. */
export function AgentsPage() {
  const agents = listAgents(useClient());
  return (
    <>
      <PageHead
        title="Agents"
        lead="Programs that act by themselves within bounds that the chain enforces. Each records what it decides before it acts, and anybody can check and replay it."
        aside={
          <Link to="/account/mandates" className="link">
            Who may act for you: your mandates
          </Link>
        }
      />
      {agents.length === 0 && (
        <Panel title="On this network">
          <EmptyNote title="No agent runs on this network">
            Agents that you let act for your own account are on the page “Who may act for me”.
          </EmptyNote>
        </Panel>
      )}
      <div className={classes.stack}>
        {agents.map((agent) => (
          <AgentCard key={agent.name} agent={agent} />
        ))}
      </div>
    </>
  );
}

function AgentCard(props: { agent: AgentConfig }) {
  const { agent } = props;
  const { config } = useClient();
  const now = useNow();
  const status = useAgentStatus(agent.name);
  const equity = useEquity(agent.name);
  const title = plainText(agent.title);
  const state = status.data?.state;
  const mark = state === undefined ? undefined : stateMark(state);
  const last = status.data?.lastDecision;
  const journal = journalNumberOf(config, agent.journal);
  const change = equity.data === undefined ? undefined : changeOf(equity.data.points);
  return (
    <Panel
      title={title}
      note={<span className={classes.label}>{plainText(agent.label)}</span>}
      aside={mark !== undefined && <Mark tone={mark.tone}>{mark.text}</Mark>}
    >
      {status.isPending && <Waiting rows={1} height={120} name="agent" />}
      {status.isError && status.data === undefined && <ErrorNote error={status.error} />}
      {status.data !== undefined && (
        <div className={classes.card}>
          <Facts
            columns={4}
            items={[
              ['Recorded day', status.data.day === undefined ? 'not begun' : formatDay(status.data.day)],
              ['Worth now', change === undefined ? '–' : formatMoney(change.equity)],
              ['Since the start', change === undefined ? '–' : formatBps(change.equityBps)],
              ['Compared', change === undefined ? '–' : comparedText(change)],
            ]}
          />
          <Facts
            columns={1}
            items={[
              [
                'Last decision',
                last == null ? (
                  'none yet'
                ) : (
                  <LastDecision key="last" last={last} journal={journal} now={now} />
                ),
              ],
              [
                mark?.text ?? 'State',
                `for ${formatSpan(now - Math.floor(status.data.since / 1_000))}${status.data.reason === '' ? '' : `: ${briefText(status.data.reason)}`}`,
              ],
            ]}
          />
          <div className={classes.buttons}>
            <Link to={`/agents/${agent.name}`} className="link">
              Everything about the {title.charAt(0).toLowerCase() + title.slice(1)}
            </Link>
          </div>
          <PauseControl agent={agent.name} title={title} state={state} />
        </div>
      )}
    </Panel>
  );
}

function LastDecision(props: {
  last: { readonly index: number; readonly choice: string; readonly time: number };
  journal: number | undefined;
  now: number;
}) {
  const { last, journal, now } = props;
  const ago = formatAgo(now - Math.floor(last.time / 1_000));
  return (
    <>
      {journal === undefined ? (
        `Decision ${last.index}`
      ) : (
        <Link to={`/journal/${journal}/${last.index}`} className="link">
          Decision {last.index}
        </Link>
      )}
      , {ago}: {briefText(last.choice)}
    </>
  );
}
