/** Containers whose text is no longer than this stay on one line. */
const shortLine = 76;
/** Deeper levels are indented no further: a text of nothing but brackets would grow to gigabytes. */
const deepest = 40;

/** End of the string literal that starts at `start`, exclusive. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Tokens of a JSON text: brackets, commas and colons alone, strings and other values whole, white space dropped. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const letter = text[at]!;
    if (/\s/.test(letter)) {
      at += 1;
      continue;
    }
    let end = at + 1;
    if (letter === '"') end = endOfString(text, at);
    else if (!'[]{},:'.includes(letter)) {
      while (end < text.length && !/[[\]{},:"\s]/.test(text[end]!)) end += 1;
    }
    tokens.push(text.slice(at, end));
    at = end;
  }
  return tokens;
}

/**
 * A JSON text broken into lines for reading; undefined for what is no JSON object or list. Only white space outside of
 * strings changes: a doubled key, a long number or an escape stays as the bytes have it, which a parser would hide.
 */
export function readableJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
  } catch {
    return undefined;
  }
  const tokens = tokensOf(text);
  // Where each bracket closes, and how long a container is when written on one line.
  const closes = new Map<number, number>();
  const open: number[] = [];
  const before: number[] = [0];
  for (const [at, token] of tokens.entries()) {
    before.push(before[at]! + token.length + (token === ',' || token === ':' ? 1 : 0));
    if (token === '[' || token === '{') open.push(at);
    if (token === ']' || token === '}') closes.set(open.pop()!, at);
  }
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const breakLine = () => {
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '  '.repeat(Math.min(depth, deepest));
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (token === '[' || token === '{') {
      const close = closes.get(at)!;
      if (before[close + 1]! - before[at]! <= shortLine) {
        line += tokens
          .slice(at, close + 1)
          .map((part) => (part === ',' || part === ':' ? `${part} ` : part))
          .join('');
        at = close;
        continue;
      }
      line += token;
      depth += 1;
      breakLine();
    } else if (token === ']' || token === '}') {
      depth -= 1;
      breakLine();
      line += token;
    } else if (token === ',') {
      line += token;
      breakLine();
    } else line += token === ':' ? ': ' : token;
  }
  breakLine();
  return lines.join('\n');
}
