export { createMandateActor } from './actor/createMandateActor.ts';
export { erc20AssetOf, transferAmounts } from './actor/transferAmounts.ts';
export { type ActPoint, actPoints, type MandateActorInit } from './actor/types.ts';
export {
  createLanguageModel,
  type LanguageModel,
  type LanguageModelInit,
} from './models/createLanguageModel.ts';
export { createAgent } from './runtime/createAgent.ts';
export { intentHashOf } from './runtime/intentHash.ts';
export { pauseChoices } from './runtime/readPast.ts';
export { isRuntimeCheck, type RuntimeStage } from './runtime/runtimeChecks.ts';
export * from './runtime/types.ts';
export {
  createJournalExporter,
  type JournalExporter,
  type JournalExporterInit,
} from './telemetry/createJournalExporter.ts';
export { type ExportedSpans, type ExportSpansInit, exportSpans } from './telemetry/exportSpans.ts';
export { parseOtlpHeaders } from './telemetry/parseOtlpHeaders.ts';
export { type ExportedDecision, genAiConventions, type SpansOptions, spansOf } from './telemetry/spansOf.ts';
export { createToolbox, type ToolboxInit } from './tools/createToolbox.ts';
export type { Tool, Toolbox, ToolResult } from './tools/types.ts';
