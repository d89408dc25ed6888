import { isLichenError } from '@lichen/protocol';
import {
  findAgent,
  getAgentStatus,
  type LichenClient,
  listAgents,
  pauseAgent,
  resumeAgent,
} from '@lichen/sdk';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';

const moment = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
/** Words of an agent without what steers a terminal. */
const plain = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

/** What an agent says of itself, or that it says nothing: one that is down must not hide the others. */
async function statusOf(client: LichenClient, agent: string) {
  try {
    return await getAgentStatus(client, { agent });
  } catch (error) {
    if (!isLichenError(error)) throw error;
    return { error: error.code, message: error.message.split('\n')[0]! };
  }
}

/** The network's agents, and whether each runs. */
export async function listAgentsCommand(client: LichenClient): Promise<Answer> {
  const agents = await Promise.all(
    listAgents(client).map(async (agent) => ({ ...agent, status: await statusOf(client, agent.name) })),
  );
  const rows = agents.map(({ name, title, account, status }) => [
    name,
    plain(title),
    account,
    'error' in status ? 'no answer' : status.state,
    'error' in status || status.lastDecision === null
      ? ''
      : `${status.lastDecision.index} ${status.lastDecision.kind}, ${plain(status.lastDecision.choice).slice(0, 40)}`,
  ]);
  return {
    json: agents,
    text:
      agents.length === 0
        ? 'This network runs no agents.'
        : tableText(
            ['Agent', 'What it is', 'Acts for', 'State', 'Last decision'].map((title) => ({ title })),
            rows,
          ),
  };
}

/** One agent: what it is, what it may do, how it is. */
export async function showAgentCommand(client: LichenClient, name: string): Promise<Answer> {
  const agent = findAgent(client, name);
  const status = await getAgentStatus(client, { agent: agent.name });
  const last = status.lastDecision;
  const number = client.config.journals.findIndex(({ origin }) => origin === agent.journal) + 1;
  return {
    json: { ...agent, status },
    text: [
      `${plain(agent.title)} (${agent.name}): ${status.state} since ${moment(status.since)}`,
      plain(agent.label),
      '',
      ...(status.reason === '' ? [] : [`  because   ${plain(status.reason)}`]),
      ...(status.day === undefined ? [] : [`  day       ${plain(status.day)}`]),
      `  key       ${agent.address}`,
      `  acts for  ${agent.account}, ${agent.mandates.length} mandates`,
      `  journal   ${number === 0 ? '' : `${number}, `}${agent.journal}`,
      last === null
        ? '  decided   nothing yet'
        : `  decided   entry ${last.index}, ${last.kind}, ${moment(last.time)}: ${plain(last.choice)}`,
    ].join('\n'),
  };
}

/** Pauses an agent or lets it go on, and says what it then says of itself. */
export async function orderAgentCommand(
  client: LichenClient,
  order: 'pause' | 'resume',
  init: { readonly agent: string; readonly reason: string },
): Promise<Answer> {
  const { name } = findAgent(client, init.agent);
  const status = await (order === 'pause' ? pauseAgent : resumeAgent)(client, { ...init, agent: name });
  return {
    json: { agent: name, status },
    text:
      order === 'pause'
        ? `${name} is paused since ${moment(status.since)}: it signs nothing new, and its journal says why.`
        : `${name} runs again since ${moment(status.since)}.`,
  };
}
