export { embeddedTerms, startAccounts } from './accounts/startAccounts.ts';
export { startBundler } from './accounts/startBundler.ts';
export { startSponsor } from './accounts/startSponsor.ts';
export { type ChainClientInit, clientOfChain } from './agents/clientOfChain.ts';
export { type AgentServerInit, startAgentServer } from './agents/startAgentServer.ts';
export type { AgentMessage, AgentProgram } from './agents/startTradingAgent.ts';
export * from './chain/startChain.ts';
export { type DeployMarketInit, deployMarket, type MarketAddresses } from './deploy/deployMarket.ts';
export { refuseKnownKey } from './deploy/knownKeys.ts';
export { startGateway } from './gateway/gateway.ts';
export { anchorJournal } from './journal/anchorJournal.ts';
export {
  type CosignatureGatherer,
  createCosignatureGatherer,
  type WitnessPeer,
} from './journal/gatherCosignatures.ts';
export {
  type JournalIdentity,
  journalIdentityOf,
  journalOriginOf,
  publicKeysOf,
} from './journal/journalKeys.ts';
export { startKeeper } from './keeper/keeper.ts';
export * from './market/loadMarketRecord.ts';
export * from './market/startMarket.ts';
export { areaUnderCurve } from './models/areaUnderCurve.ts';
export * from './models/evaluate.ts';
export { exportModel } from './models/exportModel.ts';
export { fitCalibration } from './models/fitCalibration.ts';
export * from './models/loadFlightDelay.ts';
export * from './models/modelCard.ts';
export * from './models/periods.ts';
export * from './models/quoteSamples.ts';
export * from './models/trainFlightDelay.ts';
export * from './models/trainNetwork.ts';
export * from './models/writeFlightDelay.ts';
export * from './network/roles.ts';
export * from './network/startNetwork.ts';
export * from './record/loadRecord.ts';
export { type Misbehaviour, misbehaviours } from './reporter/misbehaviour.ts';
export { createComplaints, repeat } from './reporter/repeat.ts';
export { startReporter } from './reporter/reporter.ts';
export { createSender, type Sender } from './reporter/transactions.ts';
export {
  type LiveSources,
  liveSourcesOf,
  parseSourcesFile,
  type ShownSource,
} from './sources/sourcesFile.ts';
export { type RunFile, readRunFile } from './supervisor/runFile.ts';
export { type ChildPart, endAsFailed, serveAsChild, tellSupervisor } from './supervisor/serveAsChild.ts';
export { startStatusSource } from './world/statusSource.ts';
export { startWeatherService } from './world/weatherService.ts';
