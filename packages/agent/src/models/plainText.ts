/** White space, controls, format characters (bidi, zero width, tags), lone surrogates, private use: nothing that a log should show. */
const unseen = /[\s\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/**
 * Words of a stranger, fit for one line of an error or a span: white space, control and format characters become one space, and the rest
 * is cut after `most` characters. Each of `secrets` that stands in it is taken out first.
 */
export function plainText(text: string, most: number, secrets: readonly string[] = []): string {
  const bare = secrets.reduce((kept, secret) => kept.replaceAll(secret, '[key]'), text);
  const characters = Array.from(
    bare
      .slice(0, 4 * most)
      .replaceAll(unseen, ' ')
      .trim(),
  );
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
