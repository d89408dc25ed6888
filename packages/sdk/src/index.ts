export {
  accountFactoryAbi,
  anchorAbi,
  coverPoolAbi,
  flightCoverAbi,
  guardianRecoveryAbi,
  mandateExecutorAbi,
  modelRegistryAbi,
  oracleAbi,
  passkeyAccountAbi,
  playDollarAbi,
  playShareAbi,
  reporterSetAbi,
} from '@lichen/contracts';
export * from './accounts/accountClient.ts';
export * from './accounts/accountClientOf.ts';
export * from './accounts/addDevice.ts';
export * from './accounts/announceProvider.ts';
export * from './accounts/cancelRecovery.ts';
export * from './accounts/createAccount.ts';
export * from './accounts/createAndSend.ts';
export * from './accounts/createProvider.ts';
export * from './accounts/encodeCalls.ts';
export * from './accounts/executeRecovery.ts';
export * from './accounts/exportMandate.ts';
export * from './accounts/findAccounts.ts';
export * from './accounts/getMandateState.ts';
export * from './accounts/getRecovery.ts';
export * from './accounts/grantMandate.ts';
export * from './accounts/listDevices.ts';
export * from './accounts/listMandates.ts';
export * from './accounts/mandateCalls.ts';
export * from './accounts/openAccount.ts';
export * from './accounts/pauseAccount.ts';
export * from './accounts/pauseMandate.ts';
export * from './accounts/proposeRecovery.ts';
export { ProviderError, providerCodes } from './accounts/providerError.ts';
export type { AnyTypedData } from './accounts/providerSignature.ts';
export * from './accounts/removeDevice.ts';
export * from './accounts/revokeAllMandates.ts';
export * from './accounts/revokeMandate.ts';
export * from './accounts/sendCalls.ts';
export * from './accounts/sendCallsSelfPaid.ts';
export * from './accounts/setBudget.ts';
export * from './accounts/setGuardians.ts';
export * from './accounts/supportRecovery.ts';
export * from './accounts/useMandate.ts';
export * from './accounts/useMandateSponsored.ts';
export { vaultBoxOf } from './accounts/vaultBox.ts';
export { createVaultKey, vaultKeyCheck, vaultPrfInput } from './accounts/vaultKey.ts';
export * from './accounts/vaultRecoveryCode.ts';
export * from './accounts/vaultShares.ts';
export {
  type DeviceSecret,
  unwrapVaultKey,
  type WrappedVaultKey,
  wrapVaultKey,
} from './accounts/vaultWrap.ts';
export * from './accounts/withAccount.ts';
export type { AgentConfig, AgentConfigJson } from './agents/agentConfig.ts';
export { contextOf } from './agents/contextOf.ts';
export * from './agents/getAgentStatus.ts';
export * from './agents/getEquity.ts';
export * from './agents/getMetrics.ts';
export * from './agents/listAgents.ts';
export { openRules } from './agents/openRules.ts';
export * from './agents/pauseAgent.ts';
export { type ReplayParameters, replayDecision } from './agents/replayDecision.ts';
export { type AskAgain, integerModelOutput, modelValueHash } from './agents/replayModel.ts';
export {
  type ReplayReport,
  type ReplayStep,
  type ReplayStepName,
  replaySteps,
} from './agents/replayReport.ts';
export type {
  ModelValue,
  Rules,
  RulesCall,
  RulesContext,
  RulesLimits,
  RulesVerdict,
} from './agents/rules.ts';
export { rulesLimits } from './agents/rules.ts';
export {
  type AuditFinding,
  type AuditFindingCode,
  type AuditPlace,
  type AuditSeverity,
  auditFindingCodes,
  nextStepOf,
} from './audit/auditFinding.ts';
export * from './audit/auditReport.ts';
export { witnessWaitMs } from './audit/readWitnessedHead.ts';
export * from './client/config.ts';
export * from './client/createLichenClient.ts';
export * from './client/getChainTime.ts';
export * from './client/sendTransaction.ts';
export { onChain, toLichenError } from './client/toLichenError.ts';
export * from './cover/buyCover.ts';
export * from './cover/checkFeatureReport.ts';
export * from './cover/faucet.ts';
export * from './cover/findFlight.ts';
export * from './cover/getBalance.ts';
export * from './cover/getFlight.ts';
export * from './cover/getPolicy.ts';
export * from './cover/getPool.ts';
export * from './cover/listPolicies.ts';
export * from './cover/payOutPolicy.ts';
export * from './cover/policy.ts';
export * from './cover/quoteCover.ts';
export * from './cover/searchFlights.ts';
export * from './journal/auditAgent.ts';
export * from './journal/checkNetworkJournal.ts';
export * from './journal/fetchJournalFile.ts';
export * from './journal/findJournal.ts';
export * from './journal/getReceipt.ts';
export * from './journal/journalReaderOf.ts';
export * from './journal/listDecisions.ts';
export * from './journal/listJournals.ts';
export * from './market/getMarket.ts';
export * from './market/marketAbi.ts';
export { type MarketConfig, marketOf } from './market/marketConfig.ts';
export * from './market/quoteSwap.ts';
export * from './market/readPool.ts';
export * from './market/swapCall.ts';
export * from './market/tradingTerms.ts';
export * from './models/getModel.ts';
export * from './models/runModel.ts';
export * from './models/runModelOnChain.ts';
export * from './money/amount.ts';
export * from './network/getNetwork.ts';
export { requestGateway } from './network/requestGateway.ts';
export * from './oracle/askFlightQuestion.ts';
export * from './oracle/askModelQuestion.ts';
export * from './oracle/collectStatements.ts';
export * from './oracle/disputeEvidence.ts';
export * from './oracle/disputeModel.ts';
export * from './oracle/getQuestion.ts';
export * from './oracle/getRound.ts';
export * from './oracle/listQuestions.ts';
export * from './oracle/listReporters.ts';
export * from './oracle/listRounds.ts';
export type { ResolvedDispute } from './oracle/resolution.ts';
export * from './oracle/resolveEvidence.ts';
export type { AskedQuestion } from './oracle/sendQuestion.ts';
export * from './oracle/slashEquivocation.ts';
