/** Predicted and observed shares (0..1) of a group of flights. */
export interface Group {
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
}

/** Measures of a period: area under the ROC curve, Brier score and log loss beside the group's means. */
export interface Evaluation extends Group {
  readonly auc: number;
  readonly brier: number;
  readonly logLoss: number;
}

/** What the model did on flights it never saw, as published with it. */
export interface Card {
  readonly target: string;
  readonly periods: Readonly<
    Record<'train' | 'tune' | 'heldOut', { readonly months: string; readonly flights: number }>
  >;
  readonly heldOut: Evaluation;
  readonly deciles: readonly Group[];
  readonly byCarrier: Readonly<Record<string, Group>>;
  readonly byAirport: Readonly<Record<string, Group>>;
  readonly quantisation: { readonly realAuc: number; readonly integerAuc: number; readonly lost: number };
}

/** The published card; null when there is none or it has another shape, since a half-read card would mislead. */
export function readCard(value: unknown): Card | null {
  const card = value as Partial<Card> | null;
  if (typeof card !== 'object' || card === null) return null;
  const { periods } = card;
  const whole =
    typeof card.heldOut?.auc === 'number' &&
    typeof card.quantisation?.lost === 'number' &&
    [periods?.train, periods?.tune, periods?.heldOut].every(
      (period) => typeof period?.months === 'string' && typeof period.flights === 'number',
    ) &&
    Array.isArray(card.deciles) &&
    typeof card.byCarrier === 'object' &&
    typeof card.byAirport === 'object';
  return whole ? (card as Card) : null;
}

/** `10.4%` of a share. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
