/** Rules of the tests: one transfer for each bar, of the bar's number and one in base units; every seventh bar is left alone. */
export const transferRules: Uint8Array = new TextEncoder().encode(`
const word = (value) => value.toString(16).padStart(64, '0');

export function decide(context) {
  const { bar, token, shop } = context.inputs.bar;
  const base = { task: \`bar \${bar}\`, checks: [], rejected: [], amounts: [] };
  if (bar % 7 === 6) return { ...base, kind: 'refusal', choice: 'nothing', calls: [] };
  const data = \`0xa9059cbb\${shop.slice(2).toLowerCase().padStart(64, '0')}\${word(BigInt(bar + 1))}\`;
  return {
    ...base,
    kind: 'intent',
    choice: \`pay \${bar + 1}\`,
    amounts: [{ amount: String(-(bar + 1)), asset: token }],
    calls: [{ to: token, data }],
  };
}
`);
