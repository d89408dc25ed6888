import type { Address } from 'viem';
import {
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  hexToString,
  keccak256,
  stringToHex,
  toBytes,
} from 'viem';

/** A flight as contracts see it. Times are chain time, unix seconds. */
export interface Flight {
  readonly carrier: string;
  readonly number: number;
  readonly origin: string;
  readonly destination: string;
  readonly departsAt: number;
  readonly arrivesAt: number;
}

/** ASCII text as left-aligned fixed bytes, as Solidity's `bytesN("…")`. */
export function fixedAscii(text: string, size: number): Hex {
  return stringToHex(text, { size });
}

/** A flight's own fields of a feature report: codes as fixed bytes. */
type FlightFields = Pick<
  FlightFeatures,
  'carrier' | 'number' | 'origin' | 'destination' | 'departsAt' | 'arrivesAt'
>;

/** The flight as contracts take it. */
export function encodeFlight(flight: Flight): FlightFields {
  return {
    carrier: fixedAscii(flight.carrier, 2),
    number: flight.number,
    origin: fixedAscii(flight.origin, 3),
    destination: fixedAscii(flight.destination, 3),
    departsAt: flight.departsAt,
    arrivesAt: flight.arrivesAt,
  };
}

/** The flight that a feature report speaks of. Padding bytes of short codes are dropped. */
export function decodeFlight(fields: FlightFields): Flight {
  const text = (bytes: Hex) => hexToString(bytes).replace(/\0+$/, '');
  return {
    carrier: text(fields.carrier),
    number: fields.number,
    origin: text(fields.origin),
    destination: text(fields.destination),
    departsAt: fields.departsAt,
    arrivesAt: fields.arrivesAt,
  };
}

/** keccak256 of the flight's ABI encoding; equals `FlightLib.idOf` in Solidity. */
export function flightIdOf(flight: Flight): Hex {
  return keccak256(flightInputOf(flight));
}

/** ABI of a flight as its id and its input encode it. */
export const flightParameters = [
  { name: 'carrier', type: 'bytes2' },
  { name: 'number', type: 'uint16' },
  { name: 'origin', type: 'bytes3' },
  { name: 'destination', type: 'bytes3' },
  { name: 'departsAt', type: 'uint40' },
  { name: 'arrivesAt', type: 'uint40' },
] as const;

/**
 * The bytes that a flight's id is the keccak256 of: its ABI encoding, 192 bytes. Published as the input of a question
 * about a live flight, they tell reporters which flight is meant, and nobody can publish others for the same id.
 */
export function flightInputOf(flight: Flight): Hex {
  const { carrier, number, origin, destination, departsAt, arrivesAt } = encodeFlight(flight);
  return encodeAbiParameters(flightParameters, [carrier, number, origin, destination, departsAt, arrivesAt]);
}

/** The features of a flight as a quorum of reporters signs them. */
export interface FlightFeatures {
  readonly carrier: Hex; // bytes2
  readonly number: number;
  readonly origin: Hex; // bytes3
  readonly destination: Hex; // bytes3
  readonly departsAt: number;
  readonly arrivesAt: number;
  /** 16 bytes, each 0..127, in the model's order. */
  readonly features: Hex;
  /** Chain time of the observation. */
  readonly observedAt: number;
  /** Recorded (world) local date of departure as yyyymmdd. */
  readonly day: number;
  /** Weather cell: station group and six-hour block of departure, packed by the reporters. */
  readonly cell: number;
}

export const flightFeaturesTypes = {
  FlightFeatures: [
    { name: 'carrier', type: 'bytes2' },
    { name: 'number', type: 'uint16' },
    { name: 'origin', type: 'bytes3' },
    { name: 'destination', type: 'bytes3' },
    { name: 'departsAt', type: 'uint40' },
    { name: 'arrivesAt', type: 'uint40' },
    { name: 'features', type: 'bytes16' },
    { name: 'observedAt', type: 'uint40' },
    { name: 'day', type: 'uint32' },
    { name: 'cell', type: 'uint32' },
  ],
} as const;

/** A notice that the forecast of a weather cell moved: older quotes for that cell are void. */
export interface ForecastNotice {
  readonly cell: number;
  readonly movedAt: number;
}

export const forecastNoticeTypes = {
  ForecastNotice: [
    { name: 'cell', type: 'uint32' },
    { name: 'movedAt', type: 'uint40' },
  ],
} as const;

export interface Verifier {
  readonly chainId: number;
  /** Address of FlightCover. */
  readonly address: Address;
}

function domainOf(verifier: Verifier) {
  return {
    name: 'Lichen FlightCover',
    version: '1',
    chainId: verifier.chainId,
    verifyingContract: verifier.address,
  } as const;
}

/** EIP-712 digest that reporters sign for a quote. */
export function flightFeaturesDigest(verifier: Verifier, message: FlightFeatures): Hex {
  return hashTypedData({
    domain: domainOf(verifier),
    types: flightFeaturesTypes,
    primaryType: 'FlightFeatures',
    message,
  });
}

/** EIP-712 digest that reporters sign when a forecast has moved. */
export function forecastNoticeDigest(verifier: Verifier, message: ForecastNotice): Hex {
  return hashTypedData({
    domain: domainOf(verifier),
    types: forecastNoticeTypes,
    primaryType: 'ForecastNotice',
    message,
  });
}

/** Answers of the question "what became of this flight?", in the order of the on-chain choice. */
export const flightAnswers = ['on-time', 'late', 'cancelled', 'diverted', 'still-flying'] as const;
export type FlightAnswer = (typeof flightAnswers)[number];

/** Topic of flight-status questions and statements. */
export const flightTopic: Hex = keccak256(toBytes('lichen.flight-status.v1'));
