import type { DecisionOption, InputProvenance } from '@lichen/protocol';
import type { z } from 'zod';
import type { ObservedInput } from '../runtime/types.ts';

/** What a tool found, and how far that can be trusted. */
export interface ToolResult<Output> {
  readonly output: Output;
  readonly uri: string;
  readonly provenance: InputProvenance;
  /** Bytes as they arrived, where a signature is over them; the output's JSON when absent. */
  readonly bytes?: Uint8Array;
  /** `application/json` when absent. */
  readonly mediaType?: string;
  readonly isPrivate?: boolean;
}

/** Something that an agent can look up. Tools see and never act: what acts are the rules' calls, under the mandate. */
// biome-ignore lint/suspicious/noExplicitAny: a list of tools holds tools of all inputs and outputs
export interface Tool<Input = any, Output = any> {
  readonly name: string;
  /** What an agent must be granted to use it, for example `market:read`. */
  readonly capability: string;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /** Milliseconds that a use may take. */
  readonly deadlineMs: number;
  run(input: Input, signal: AbortSignal): Promise<ToolResult<Output>>;
}

/** The tools of one observation. */
export interface Toolbox {
  /**
   * Uses a tool; what it found is an input of the decision, under the tool's name (`name-2` the second time).
   * @throws LichenError `not-found`, `mandate-denied` outside the granted capabilities (recorded as a refusal),
   * `bad-input` for an input or output that is not of the tool's type, `timeout`
   */
  use<Input, Output>(tool: Tool<Input, Output>, input: Input): Promise<Output>;
  /** The same by name, for callers that are given names, such as a language model's tool calls. */
  useByName(name: string, input: unknown): Promise<unknown>;
  /** What was seen through it so far. */
  inputs(): readonly ObservedInput[];
  /** Uses that were refused so far. */
  refusals(): readonly DecisionOption[];
}
