import { type DecisionOption, LichenError } from '@lichen/protocol';
import { reasonOf, shortText } from '../runtime/reasonOf.ts';
import type { ObservedInput } from '../runtime/types.ts';
import { withDeadline } from '../runtime/withDeadline.ts';
import type { Tool, Toolbox, ToolResult } from './types.ts';

export interface ToolboxInit {
  readonly tools: readonly Tool[];
  /** Capabilities that the agent was granted. What is not in it is refused. */
  readonly capabilities: readonly string[];
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Ends all uses. */
  readonly signal?: AbortSignal;
}

function refused(tool: string, capability: string, granted: readonly string[]): LichenError {
  return new LichenError('mandate-denied', 'The agent was not granted this tool.', {
    got: `${tool}, which needs ${capability}`,
    expected: granted.length === 0 ? 'no tool' : `one of ${granted.join(', ')}`,
    next: 'Grant the capability where the agent is set up, or do without.',
    retry: 'after-fix',
  });
}

/** The value as the tool's schema has it. Keys that the schema does not name are gone. @throws LichenError `bad-input` */
function typed<T>(tool: Tool, what: 'input' | 'output', value: unknown): T {
  const parsed = tool[what].safeParse(value);
  if (parsed.success) return parsed.data as T;
  const [issue] = parsed.error.issues;
  throw new LichenError('bad-input', `That is no ${what} of the tool.`, {
    got: `${tool.name}: ${issue?.path.join('.') || 'the value'}: ${issue?.message}`.slice(0, 200),
    expected: 'a value of its type',
    retry: 'after-fix',
  });
}

/** The tools of one observation, each use recorded as an input of the decision. */
export function createToolbox(init: ToolboxInit): Toolbox {
  const byName = new Map(init.tools.map((tool) => [tool.name, tool]));
  const inputs: ObservedInput[] = [];
  const refusals: DecisionOption[] = [];
  const uses = new Map<string, number>();

  function record(tool: Tool, { bytes, output, mediaType, ...rest }: ToolResult<unknown>): void {
    const count = (uses.get(tool.name) ?? 0) + 1;
    uses.set(tool.name, count);
    inputs.push({
      at: init.clock(),
      bytes: bytes ?? new TextEncoder().encode(JSON.stringify(output)),
      isPrivate: rest.isPrivate ?? false,
      mediaType: mediaType ?? 'application/json',
      name: count === 1 ? tool.name : `${tool.name}-${count}`,
      provenance: rest.provenance,
      uri: shortText(rest.uri),
    });
  }

  function refuse(error: LichenError, option: string): never {
    refusals.push({ option: shortText(option, 120), reason: reasonOf(error) });
    throw error;
  }

  async function useTool<Input, Output>(tool: Tool<Input, Output>, input: Input): Promise<Output> {
    // A tool that was never put in the box is not used either, whoever holds it.
    if (byName.get(tool.name) !== tool || !init.capabilities.includes(tool.capability)) {
      refuse(refused(tool.name, tool.capability, init.capabilities), tool.name);
    }
    const given = typed<Input>(tool, 'input', input);
    const result = await withDeadline(
      `The tool ${tool.name}`,
      tool.deadlineMs,
      (signal) => tool.run(given, signal),
      init.signal,
    );
    const output = typed<Output>(tool, 'output', result.output);
    record(tool, { ...result, output });
    return output;
  }

  return {
    use: useTool,
    useByName: async (name, input) => {
      const tool = byName.get(name);
      if (tool !== undefined) return useTool(tool, input);
      const error = new LichenError('not-found', 'The agent has no such tool.', {
        got: JSON.stringify(shortText(name, 80)),
        expected: [...byName.keys()].join(', ').slice(0, 200),
        retry: 'never',
      });
      return refuse(error, name);
    },
    inputs: () => [...inputs],
    refusals: () => [...refusals],
  };
}
