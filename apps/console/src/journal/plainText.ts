/** Characters that are shown of a blob; more would only make the page slow. */
const mostCharacters = 100_000;
// Control characters other than tab and line ends, and those that turn the direction of text or are invisible: with them a
// hostile text looks like another one.
const misleading =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text as it can be shown without misleading: what steers the display is written out as `\u202e`. */
export function plainText(text: string): string {
  return text.replace(
    misleading,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The beginning of some bytes as text, and whether there is more of it. Bytes that are no UTF-8 become `�`. */
export function textOfBytes(bytes: Uint8Array): { readonly text: string; readonly isCut: boolean } {
  // A character of UTF-8 takes up to four bytes, so the rest of a large blob is not even decoded.
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, mostCharacters * 4));
  return {
    text: plainText(decoded.slice(0, mostCharacters)),
    isCut: decoded.length > mostCharacters || bytes.length > mostCharacters * 4,
  };
}
