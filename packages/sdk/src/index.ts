export {
  coverPoolAbi,
  flightCoverAbi,
  modelRegistryAbi,
  oracleAbi,
  playDollarAbi,
  reporterSetAbi,
} from '@lichen/contracts';
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
export * from './models/getModel.ts';
export * from './models/runModel.ts';
export * from './models/runModelOnChain.ts';
export * from './money/amount.ts';
export * from './network/getNetwork.ts';
export { requestGateway } from './network/requestGateway.ts';
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
export * from './oracle/slashEquivocation.ts';
