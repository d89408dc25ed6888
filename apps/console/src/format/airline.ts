// Names as in the carrier table of the record (2013).
const names: Readonly<Record<string, string>> = {
  '9E': 'Endeavor Air',
  AA: 'American Airlines',
  AS: 'Alaska Airlines',
  B6: 'JetBlue Airways',
  DL: 'Delta Air Lines',
  EV: 'ExpressJet Airlines',
  F9: 'Frontier Airlines',
  FL: 'AirTran Airways',
  HA: 'Hawaiian Airlines',
  MQ: 'Envoy Air',
  OO: 'SkyWest Airlines',
  UA: 'United Air Lines',
  US: 'US Airways',
  VX: 'Virgin America',
  WN: 'Southwest Airlines',
  YV: 'Mesa Airlines',
};

/** Codes of the carriers in the record, in the order of their names. */
export const airlineCodes: readonly string[] = Object.keys(names).sort((a, b) =>
  names[a]!.localeCompare(names[b]!),
);

/** The airline's name in 2013, or the code itself when the record has no name for it. */
export function airlineName(carrier: string): string {
  return names[carrier] ?? carrier;
}
