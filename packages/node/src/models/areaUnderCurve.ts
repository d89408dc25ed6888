/**
 * Area under the ROC curve: the share of pairs of one bad and one good flight that the score orders rightly, ties
 * counting one half (Mann and Whitney 1947).
 */
export function areaUnderCurve(scores: ArrayLike<number>, bad: ArrayLike<number>): number {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => scores[a]! - scores[b]!);
  let badCount = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let end = from;
    while (end < order.length && scores[order[end]!] === scores[order[from]!]) end++;
    const meanRank = (from + 1 + end) / 2;
    for (let at = from; at < end; at++) {
      if (bad[order[at]!] === 1) {
        badCount++;
        rankSum += meanRank;
      }
    }
    from = end;
  }
  return (rankSum - (badCount * (badCount + 1)) / 2) / (badCount * (order.length - badCount));
}
