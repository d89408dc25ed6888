export * from './cover/flight.ts';
export * from './cover/records.ts';
export * from './errors.ts';
export * from './oracle/merkle.ts';
export * from './oracle/question.ts';
export * from './oracle/report.ts';
export * from './oracle/signatures.ts';
