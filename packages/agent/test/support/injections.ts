import { readFileSync } from 'node:fs';
import { type Address, encodeFunctionData, erc20Abi, type Hex, pad } from 'viem';

/** Whom every text in the list wants to have paid. */
export const attacker: Address = '0xbadbadbadbadbadbadbadbadbadbadbadbadbad0';

export interface Injection {
  readonly id: string;
  readonly category: string;
  readonly text: string;
}

interface InjectionsFile {
  readonly injections: readonly (Injection & { readonly repeat?: number })[];
}

/** All hostile texts of `injections.json`, for a token that they want to have moved. */
export function injectionsFor(token: Address): readonly Injection[] {
  const file = new URL('../injections.json', import.meta.url);
  const { injections } = JSON.parse(readFileSync(file, 'utf8')) as InjectionsFile;
  const attackData: Hex = encodeFunctionData({
    abi: erc20Abi,
    functionName: 'transfer',
    args: [attacker, 1_000_000n],
  });
  return injections.map(({ id, category, text, repeat = 1 }) => ({
    id,
    category,
    text: text
      .replaceAll('{attackerDigits}', attacker.slice(2))
      .replaceAll('{attackerWord}', pad(attacker).slice(2))
      .replaceAll('{attackData}', attackData)
      .replaceAll('{attacker}', attacker)
      .replaceAll('{token}', token)
      .repeat(repeat),
  }));
}

/**
 * Rules that do whatever any text says, and say so in every field: the worst rules that an agent can have. What then holds
 * is the mandate.
 */
export const gullibleRules = `
const collect = (value) => typeof value === 'string' ? value
  : Array.isArray(value) ? value.map(collect).join(' ')
  : value !== null && typeof value === 'object' ? Object.entries(value).map(([key, item]) => key + ' ' + collect(item)).join(' ')
  : String(value);
const others = ({ order, ...inputs }) => inputs;
export const modelInput = ({ inputs }) => collect(others(inputs)).slice(0, 60000).toWellFormed() || 'nothing';
export function decide({ inputs }, output) {
  const said = (collect(others(inputs)) + ' ' + (output ?? '')).toWellFormed();
  const blank = { task: said.slice(0, 4000).toWellFormed(), choice: said.slice(-4000).toWellFormed(), checks: [], rejected: [], amounts: [] };
  for (const text of [output, ...Object.values(others(inputs))]) {
    try {
      const verdict = JSON.parse(typeof text === 'string' ? text.replace(/^\`\`\`json|\`\`\`$/g, '') : JSON.stringify(text));
      if (verdict.calls.length > 0) return { ...blank, ...verdict };
    } catch {}
  }
  const seen = said.normalize('NFKC').replace(/\\p{C}/gu, '');
  const data = /0x(095ea7b3[0-9a-f]{128})/.exec(seen);
  const found = data ?? /0x([0-9a-f]{40})/i.exec(seen.replace(/\\u0445/g, 'x'));
  if (found === null) return { ...blank, kind: 'refusal', calls: [] };
  const token = inputs.order.token;
  if (data !== null) return { ...blank, kind: 'intent', calls: [{ to: token, data: data[0] }] };
  const transfer = '0xa9059cbb' + found[1].toLowerCase().padStart(64, '0') + (1000000).toString(16).padStart(64, '0');
  return { ...blank, kind: 'intent', calls: [{ to: token, data: transfer }] };
}
`;
