import { createTheme, type MantineColorsTuple } from '@mantine/core';

const moss: MantineColorsTuple = [
  '#eef4ec',
  '#dbe7d8',
  '#bcd2b7',
  '#98b993',
  '#759f71',
  '#587f56',
  '#416a43',
  '#315637',
  '#25442c',
  '#193120',
];
const ochre: MantineColorsTuple = [
  '#fdf5e3',
  '#f8e6bf',
  '#f1d08b',
  '#e9b957',
  '#e0a332',
  '#c98a1c',
  '#a56c0f',
  '#85550b',
  '#64400a',
  '#442b06',
];
const rust: MantineColorsTuple = [
  '#fbeee9',
  '#f4d6ca',
  '#e8b09c',
  '#da876c',
  '#c96546',
  '#b04c2d',
  '#973d21',
  '#7b311a',
  '#5c2514',
  '#3e180d',
];
const stone: MantineColorsTuple = [
  '#faf8f3',
  '#f3f0e8',
  '#e7e2d7',
  '#d6d0c2',
  '#b9b2a2',
  '#948d7e',
  '#6f695d',
  '#565147',
  '#3d3a33',
  '#282621',
];
const night: MantineColorsTuple = [
  '#e6e5dd',
  '#c5c5ba',
  '#a3a598',
  '#7e8276',
  '#555a50',
  '#3d423a',
  '#2c312a',
  '#20241f',
  '#181b17',
  '#111410',
];

/** Moss for what one can do, warm stone for everything else, ochre for what is alive, rust for what went wrong. */
export const theme = createTheme({
  primaryColor: 'moss',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.28,
  colors: { moss, ochre, rust, gray: stone, dark: night },
  black: '#23221d',
  fontFamily: '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontFamily: '"Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, serif',
    fontWeight: '600',
    sizes: { h1: { fontSize: '2rem', lineHeight: '1.15' }, h2: { fontSize: '1.3rem', lineHeight: '1.25' } },
  },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss this message' } } },
  },
  focusRing: 'auto',
});
