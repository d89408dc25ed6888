// A market in a process of its own, for tests that kill it.
import { serveAsChild } from '../supervisor/serveAsChild.ts';
import { type MarketInit, startMarket } from './startMarket.ts';

serveAsChild((init: MarketInit) => startMarket(init));
