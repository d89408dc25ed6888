import type { LichenConfig } from '@lichen/sdk';

/**
 * What every page says of the network's world: its label, as the network itself words it, and the providers of the present
 * that it asks. `title` is the label up to its first semicolon.
 */
export function worldText(config: Pick<LichenConfig, 'label' | 'live'>): {
  readonly title: string;
  readonly more: string;
} {
  const [first = '', ...rest] = config.label.split(';').map((part) => part.trim());
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const weather = config.live.filter(({ use }) => use === 'weather').map(({ name }) => name);
  const sentences = [
    ...rest.filter((part) => part !== '').map(capital),
    ...(weather.length === 0 ? [] : [`Weather of the present from ${weather.join(', ')}`]),
  ];
  return { title: capital(first), more: sentences.map((sentence) => `${sentence}.`).join(' ') };
}
