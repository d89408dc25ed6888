/**
 * How alike two texts are: words that both have, counted as often as both have them, in per cent of the words of the longer
 * one, rounded down. 100 for two texts of the same words in any order. It says nothing about meaning.
 */
export function wordsInCommon(left: string, right: string): number {
  const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first, second] = [wordsOf(left), wordsOf(right)];
  const longest = Math.max(first.length, second.length);
  if (longest === 0) return left === right ? 100 : 0;
  const counts = new Map<string, number>();
  for (const word of first) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of second) {
    const left = counts.get(word) ?? 0;
    if (left > 0) {
      common += 1;
      counts.set(word, left - 1);
    }
  }
  return Math.floor((100 * common) / longest);
}
