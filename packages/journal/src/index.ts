export { type BlobStore, openBlobStore } from './blobs/blobStore.ts';
export {
  type DecisionDraft,
  type DecisionLog,
  type DecisionLogInit,
  openDecisionLog,
  type RecordedDecision,
} from './decisions/openDecisionLog.ts';
export { type Appended, type Journal, type JournalInit, openJournal } from './journal/openJournal.ts';
export { readJournalFolder } from './journal/readJournalFolder.ts';
export { platformSha256 } from './platformSha256.ts';
export { type AppendLog, type AppendLogOptions, openAppendLog, readAppendLog } from './storage/appendLog.ts';
export { toDiskError } from './storage/diskErrors.ts';
export { type FolderLock, isFolderLocked, lockFolder } from './storage/lockFolder.ts';
export { syncFolder, writeFileDurably } from './storage/writeFileDurably.ts';
export {
  createWitness,
  type Witness,
  type WitnessAnswer,
  type WitnessInit,
} from './witness/createWitness.ts';
