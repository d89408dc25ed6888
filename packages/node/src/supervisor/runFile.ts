import { readFileSync, rmSync } from 'node:fs';
import { writeFileDurably } from '@lichen/journal';
import { z } from 'zod';

const processSchema = z.object({
  name: z.string(),
  pid: z.number().nullable(),
  state: z.enum(['starting', 'running', 'restarting', 'stopped']),
  restarts: z.number(),
  since: z.number(),
  url: z.string().nullable(),
});

const runSchema = z.object({
  version: z.literal(1),
  pid: z.number(),
  startedAt: z.number(),
  stateFolder: z.string(),
  chainId: z.number(),
  consoleUrl: z.string().nullable(),
  rpcUrl: z.string().nullable(),
  controlToken: z.string(),
  /** What the screen says of the world, and who is asked about the present: no credential stands here. */
  label: z.string().optional(),
  live: z
    .array(z.object({ use: z.string(), kind: z.string(), name: z.string(), origin: z.string() }))
    .readonly()
    .optional(),
  /** Reporters told to break the rules: number to manner. */
  misbehave: z.record(z.string(), z.string()).optional(),
  processes: z.array(processSchema),
  events: z.array(z.object({ at: z.number(), text: z.string() })),
});

/** One child as the run file shows it. `since` is unix seconds. */
export type ProcessStatus = z.infer<typeof processSchema>;

/** What runs now: written by the supervisor at each change, read by `lichen status`, `lichen stop` and the gateway. */
export type RunFile = z.infer<typeof runSchema>;

/** The run file, or undefined when nothing has been started there (or an old or broken one lies there). */
export function readRunFile(path: string): RunFile | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Only its owner may read it: it holds the control token. */
export function writeRunFile(path: string, run: RunFile): void {
  writeFileDurably(path, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}
