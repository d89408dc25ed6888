import type { AuditMoney } from './auditReport.ts';
import type { ReadActs } from './readActs.ts';
import { assetNameOf } from './transfersOf.ts';

/** Sums by asset: what moved, what outcomes claim, what the mandates counted. */
export function moneyOf(
  chainId: number,
  { acts, terms }: ReadActs,
  claimed: ReadonlyMap<string, bigint>,
): readonly AuditMoney[] {
  const moved = new Map<string, bigint>();
  const counted = new Map<string, bigint>();
  for (const act of acts) {
    for (const [asset, amount] of act.moved) moved.set(asset, (moved.get(asset) ?? 0n) + amount);
    const asset = terms.get(act.id)?.asset;
    if (asset === undefined) continue;
    const name = assetNameOf(chainId, asset);
    const sum = act.uses.reduce((total, { amount }) => total + amount, 0n);
    counted.set(name, (counted.get(name) ?? 0n) + sum);
  }
  return [...new Set([...moved.keys(), ...claimed.keys(), ...counted.keys()])].sort().map((asset) => ({
    asset,
    moved: String(moved.get(asset) ?? 0n),
    claimed: String(claimed.get(asset) ?? 0n),
    counted: String(counted.get(asset) ?? 0n),
  }));
}
