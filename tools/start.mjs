// `npm start`: set up what is missing, then `lichen up`. Arguments are handed on: `npm start -- --speed 120`.
import { runUnderNode } from './run.mjs';

runUnderNode('apps/cli/src/main.ts', ['up', ...process.argv.slice(2)]);
