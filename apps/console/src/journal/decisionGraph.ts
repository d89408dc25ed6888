import type { Decision, DecisionResult } from '@lichen/protocol';
import type { Tone } from '../parts/Mark.tsx';
import { briefText, kindText, provenanceText, resultMark, runtimeInputText } from './decisionWords.ts';

/** The stations of a decision, in the order in which one leads to the next. */
export const graphParts = ['input', 'model', 'rules', 'check', 'choice', 'act', 'outcome'] as const;
export type GraphPart = (typeof graphParts)[number];

export interface GraphNode {
  readonly id: string;
  readonly part: GraphPart;
  /** What the station is, in a word or two. */
  readonly title: string;
  /** What it was this time: plain text of at most 140 characters. */
  readonly detail: string;
  readonly tone: Tone;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface DecisionGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Inputs, and failed checks, that get a node each; the others share one. */
const mostBeside = { input: 4, check: 3 } as const;
const longestDetail = 140;

/** Text of a record, safe to show and short enough for a node. */
const detailOf = (text: string): string => briefText(text, longestDetail);

function inputNodes(decision: Decision, isNarrow: boolean): GraphNode[] {
  const inputs = decision.inputs.filter(({ name }) => runtimeInputText(name) === undefined);
  const node = (id: string, title: string, detail: string): GraphNode => ({
    id,
    part: 'input',
    title,
    detail,
    tone: 'calm',
  });
  if (inputs.length === 0) return [node('input', 'Inputs', 'It saw nothing new')];
  if (isNarrow && inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    return [node('input', `${inputs.length} inputs`, detailOf(names))];
  }
  const shown = inputs.length <= mostBeside.input ? inputs.length : mostBeside.input - 1;
  const nodes = inputs
    .slice(0, shown)
    .map(({ name, provenance }, at) => node(`input-${at}`, detailOf(name), provenanceText(provenance)));
  const rest = inputs.length - shown;
  return rest === 0 ? nodes : [...nodes, node('input-rest', `${rest} more inputs`, 'Listed below')];
}

function checkNodes({ checks, kind }: Decision, isNarrow: boolean): GraphNode[] {
  const node = (id: string, title: string, detail: string, tone: Tone): GraphNode => ({
    id,
    part: 'check',
    title,
    detail,
    tone,
  });
  if (checks.length === 0) {
    // What came of an act, or a pause, is not decided by rules with limits.
    const isDecided = kind === 'intent' || kind === 'refusal';
    return isDecided ? [node('check', 'Checks', 'No rule with a limit was looked at', 'calm')] : [];
  }
  const failed = checks.filter(({ passed }) => !passed);
  const passed = checks.length - failed.length;
  const passedNode = node(
    'check-passed',
    'Checks',
    `${passed} of ${checks.length} passed`,
    failed.length === 0 ? 'good' : 'calm',
  );
  if (failed.length === 0) return [passedNode];
  if (isNarrow || failed.length > mostBeside.check) {
    const names = failed.map(({ rule }) => rule).join(', ');
    return [
      node('check-failed', `${failed.length} of ${checks.length} checks failed`, detailOf(names), 'bad'),
    ];
  }
  return [
    ...failed.map(({ rule, got, limit }, at) =>
      node(`check-${at}`, detailOf(rule), detailOf(`Failed: ${got}, limit ${limit}`), 'bad'),
    ),
    ...(passed === 0 ? [] : [passedNode]),
  ];
}

/**
 * A decision as a graph: inputs, model, rules, checks, choice, act, outcome. On a narrow screen every station is one node,
 * so that the graph is one column.
 */
export function decisionGraph(
  decision: Decision,
  result: DecisionResult | null,
  options: { readonly isNarrow: boolean },
): DecisionGraph {
  const { act, choice, kind, model, rules } = decision;
  const { isNarrow } = options;
  const mark = result && resultMark(result);
  const stations: GraphNode[][] = [
    inputNodes(decision, isNarrow),
    model === null
      ? []
      : [
          {
            id: 'model',
            part: 'model',
            title: model.kind === 'integer' ? 'Integer model' : 'Language model',
            detail: detailOf(model.id),
            tone: 'calm',
          },
        ],
    [
      {
        id: 'rules',
        part: 'rules',
        title: 'Rules',
        detail: detailOf(`version ${rules.version}`),
        tone: 'calm',
      },
    ],
    checkNodes(decision, isNarrow),
    [
      {
        id: 'choice',
        part: 'choice',
        title: kindText(kind),
        detail: detailOf(choice) || 'Nothing was put down',
        tone: kind === 'intent' ? 'alive' : 'calm',
      },
    ],
    act === null
      ? []
      : [
          {
            id: 'act',
            part: 'act',
            title: act.calls.length === 1 ? '1 call' : `${act.calls.length} calls`,
            detail: `${act.mandate === null ? 'without a mandate' : 'under a mandate'}, on chain ${act.chainId}`,
            tone: 'calm',
          },
        ],
    mark === null
      ? []
      : [
          {
            id: 'outcome',
            part: 'outcome',
            title: mark.text,
            detail:
              result?.reason !== undefined && result.reason !== ''
                ? detailOf(result.reason)
                : result?.block == null
                  ? 'No block is known'
                  : `In block ${result.block}`,
            tone: mark.tone,
          },
        ],
  ];
  const present = stations.filter((nodes) => nodes.length > 0);
  const edges = present.flatMap((nodes, at) =>
    (present[at + 1] ?? []).flatMap((to) => nodes.map((from) => ({ from: from.id, to: to.id }))),
  );
  return { nodes: present.flat(), edges };
}

const partNames: Readonly<Record<GraphPart, string>> = {
  input: 'Saw',
  model: 'Asked',
  rules: 'Ruled by',
  check: 'Checked',
  choice: 'Chose',
  act: 'Act',
  outcome: 'What came of it',
};

/** What a node stands for, as the label before it in a list. */
export const partText = (part: GraphPart): string => partNames[part];
