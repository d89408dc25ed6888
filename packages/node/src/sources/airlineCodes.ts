/** ICAO telephony designators of the carriers in the record, by IATA code: live trackers name flights by these. */
export const icaoCarriers: Readonly<Record<string, string>> = {
  '9E': 'EDV',
  AA: 'AAL',
  AS: 'ASA',
  B6: 'JBU',
  DL: 'DAL',
  EV: 'ASQ',
  F9: 'FFT',
  FL: 'TRS',
  HA: 'HAL',
  MQ: 'ENY',
  OO: 'SKW',
  UA: 'UAL',
  US: 'AWE',
  VX: 'VRD',
  WN: 'SWA',
  YV: 'ASH',
};

/** Airports outside the contiguous United States whose ICAO code is not K and the IATA code. */
const icaoExceptions: Readonly<Record<string, string>> = {
  ANC: 'PANC',
  BQN: 'TJBQ',
  HNL: 'PHNL',
  PSE: 'TJPS',
  SJU: 'TJSJ',
  STT: 'TIST',
};

/** ICAO code of an airport of the record by its IATA code. */
export function icaoAirport(iata: string): string {
  return icaoExceptions[iata] ?? `K${iata}`;
}
