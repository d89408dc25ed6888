// The rules of the trading agent: what it sees goes in, what it does and why comes out. This file has no imports, no
// clock, no chance and no network; its SHA-256 is in every decision, and anybody can run these very bytes again.
//
// Once a day, just after the market has opened, it wants a share of its worth in the index, in steps of a quarter, holds
// that wish against its limits, and says which limit decided. Whole numbers only: prices in micro-dollars per share,
// money in base units, ratios in basis points (bps; 10,000 are the whole).

/** Every limit, in one place: whoever trusts this file trusts these numbers. They were set before the first backtest. */
export const limits = {
  bars: 250, // closed days that it has to see
  statementAgeMs: 15_000,
  priceGapBps: 150, // between the pool's price and the signed open
  stepBps: 2_500,
  calmBps: 2_500, // annual volatility of the last 21 days
  riskPpm: 300_000, // the model's probability of a fall of two percent within five days
  stopLossBps: 800, // below what was paid
  minTradeBps: 1_500, // of its worth: a smaller change is not worth the fee
  minTradeDollars: 10_000_000n,
  cashReserveBps: 100, // of its worth stays in cash
  turnoverDays: 21,
  turnoverBps: 20_000, // of its worth, bought and sold within those days
  poolShareBps: 100, // of the pool's reserve in one order
  costBps: 100, // of an order, fee and its own move of the price together
  slippageBps: 30, // less than quoted that is still accepted
  deadlineSeconds: 120,
  // The four protections of freqtrade, on closed trades; they stop buying, never selling.
  cooldown: { stopDays: 3 },
  stopLossGuard: { lookbackDays: 63, trades: 2, stopDays: 21 },
  maxDrawdown: { lookbackDays: 126, bps: 1_500, stopDays: 21 },
  lowProfit: { lookbackDays: 126, trades: 3, bps: -500, stopDays: 21 },
};

const whole = 10_000;
/** Quotient towards minus infinity; exact, since all numbers here stay below 2^53. */
const div = (a, b) => Math.floor(a / b);
const bpsOver = (now, then) => div((now - then) * whole, then);
const sum = (list) => list.reduce((total, value) => total + value, 0);
const min = (a, b) => (a < b ? a : b);

function squareRoot(n) {
  if (n < 2) return n;
  let x = n;
  for (let y = div(x + 1, 2); y < x; y = div(x + div(n, x), 2)) x = y;
  return x;
}

/** What the closed days say, and how the day opened; whole numbers, mostly bps. Needs `limits.bars` days. */
export function featuresOf(market) {
  const open = Number(market.open);
  const bars = market.bars.slice(-limits.bars).map(([, o, h, l, c]) => [Number(o), Number(h), Number(l), Number(c)]);
  const closes = bars.map((bar) => bar[3]);
  const last = closes[closes.length - 1];
  const ago = (days) => closes[closes.length - 1 - days];
  const over = (days) => bpsOver(last, ago(days));
  const average = (days) => div(sum(closes.slice(-days)), days);
  const moves = closes.slice(1).map((close, day) => div((close - closes[day]) * 1_000_000, closes[day]));
  const volatility = (days) => {
    const squares = moves.slice(-days).map((move) => move * move);
    return div(squareRoot(div(sum(squares) * 252, days)), 100);
  };
  const gains = sum(moves.slice(-14).map((move) => (move > 0 ? move : 0)));
  const losses = -sum(moves.slice(-14).map((move) => (move < 0 ? move : 0)));
  const month = bars.slice(-21);
  const high = Math.max(...month.map((bar) => bar[1]));
  const low = Math.min(...month.map((bar) => bar[2]));
  const monthVolatility = volatility(21);
  return {
    momentum1: over(1),
    momentum5: over(5),
    momentum21: over(21),
    momentum63: over(63),
    momentum126: over(126),
    momentum249: over(249),
    average20: bpsOver(last, average(20)),
    average50: bpsOver(last, average(50)),
    average200: bpsOver(last, average(200)),
    volatility: monthVolatility,
    volatilityRatio: div(monthVolatility * whole, Math.max(1, volatility(126))),
    drawdown: 0 - bpsOver(last, Math.max(...bars.map((bar) => bar[1]))),
    strength: gains + losses === 0 ? 5_000 : div(gains * whole, gains + losses),
    gap: bpsOver(open, last),
    range: div(sum(month.map(([, h, l, c]) => div((h - l) * whole, c))), 21),
    channel: high === low ? 5_000 : div((last - low) * whole, high - low),
  };
}

/** The span of each feature that the model sees as 0 to 127; what lies outside is cut. Order is the model's order. */
const spans = {
  momentum1: [-400, 400],
  momentum5: [-800, 800],
  momentum21: [-1_500, 1_500],
  momentum63: [-2_500, 2_500],
  momentum126: [-4_000, 4_000],
  momentum249: [-5_000, 5_000],
  average20: [-1_000, 1_000],
  average50: [-1_500, 1_500],
  average200: [-3_000, 3_000],
  volatility: [0, 5_000],
  volatilityRatio: [0, 25_000],
  drawdown: [0, 4_000],
  strength: [0, 10_000],
  gap: [-200, 200],
  range: [0, 500],
  channel: [0, 10_000],
};

/** Sixteen bytes from 0 to 127 for the model, or null when there is nothing that it may be asked about. */
export function modelInput({ inputs }) {
  if (problemOf(inputs) !== null) return null;
  const features = featuresOf(inputs.market);
  return Object.keys(spans).map((name) => {
    const [low, high] = spans[name];
    return Math.max(0, Math.min(127, div((features[name] - low) * 127, high - low)));
  });
}

/** Why the statement cannot be read as one of an open day with enough history; null when it can. */
function problemOf({ market, feed, portfolio, book }) {
  if (portfolio === undefined || book === undefined || feed === undefined) return 'the own account was not read';
  if (market === undefined) return `no market statement: ${feed.problem}`;
  const { bars, day } = market;
  if (bars.length < limits.bars) return `only ${bars.length} closed days of ${limits.bars}`;
  if (!(bars[bars.length - 1][0] < day)) return 'the statement has a closed day that is not before today';
  return null;
}

/** Uniswap V2: what comes out of a pool for an amount that goes in, 0.3 % fee taken. */
function amountOut(amountIn, reserveIn, reserveOut) {
  const withFee = amountIn * 997n;
  return (withFee * reserveOut) / (reserveIn * 1_000n + withFee);
}

/** CAIP-19 name of a token. */
const assetOf = (portfolio, token) => `eip155:${portfolio.chainId}/erc20:${token.toLowerCase()}`;

/** Call data of `swapExactTokensForTokens(amountIn, minOut, [from, to], receiver, deadline)`. */
function swapData(amountIn, minOut, from, to, receiver, deadline) {
  const word = (value) => value.toString(16).padStart(64, '0');
  const address = (text) => text.slice(2).toLowerCase().padStart(64, '0');
  return `0x38ed1739${word(amountIn)}${word(minOut)}${word(160n)}${address(receiver)}${word(deadline)}${word(2n)}${address(from)}${address(to)}`;
}

/** The protections: each with what it found, and whether it lets the agent buy today. */
function protections(book, index) {
  const within = (days) => book.closed.filter((trade) => trade.index > index - days);
  /** Locks until so many days after the last of the trades that set it off, as freqtrade does. */
  const open = (trades, stopDays) => trades.length === 0 || index > trades[trades.length - 1].index + stopDays;
  const { cooldown, stopLossGuard, maxDrawdown, lowProfit } = limits;
  const last = within(cooldown.stopDays + 1);
  const stops = within(stopLossGuard.lookbackDays).filter((trade) => trade.byStop && trade.profitBps < 0);
  const recent = within(maxDrawdown.lookbackDays);
  let [level, peak, fall] = [0, 0, 0];
  for (const trade of recent) {
    level += trade.profitBps;
    peak = Math.max(peak, level);
    fall = Math.max(fall, peak - level);
  }
  const judged = within(lowProfit.lookbackDays);
  const profit = sum(judged.map((trade) => trade.profitBps));
  const isLow = judged.length >= lowProfit.trades && profit < lowProfit.bps;
  return [
    { rule: 'cooldown after a closed trade (trades)', got: last.length, limit: `0 within ${cooldown.stopDays} days`, passed: open(last, cooldown.stopDays) },
    { rule: 'stop-loss guard (stops)', got: stops.length, limit: `fewer than ${stopLossGuard.trades} within ${stopLossGuard.lookbackDays} days`, passed: stops.length < stopLossGuard.trades || open(stops, stopLossGuard.stopDays) },
    { rule: 'drawdown of closed trades (bps)', got: fall, limit: `at most ${maxDrawdown.bps} within ${maxDrawdown.lookbackDays} days`, passed: fall <= maxDrawdown.bps || open(recent, maxDrawdown.stopDays) },
    { rule: 'profit of closed trades (bps)', got: profit, limit: `at least ${lowProfit.bps} over ${lowProfit.trades} or more within ${lowProfit.lookbackDays} days`, passed: !isLow || open(judged, lowProfit.stopDays) },
  ].map((check) => ({ ...check, got: String(check.got) }));
}

/** The share of its worth that the signals ask for, in bps; each is a quarter, and says so whether it holds or not. */
function wishOf(features, risk) {
  const signals = [
    { rule: 'trend: last close over its 200-day average (bps)', got: features.average200, limit: 'above 0', holds: features.average200 > 0 },
    { rule: 'momentum over 126 days (bps)', got: features.momentum126, limit: 'above 0', holds: features.momentum126 > 0 },
    { rule: 'calm: annual volatility of 21 days (bps)', got: features.volatility, limit: `below ${limits.calmBps}`, holds: features.volatility < limits.calmBps },
    { rule: 'model: risk of a fall of 2 % within five days (ppm)', got: risk, limit: `below ${limits.riskPpm}`, holds: risk < limits.riskPpm },
  ];
  const [trend, momentum] = signals;
  const held = signals.filter((signal) => signal.holds);
  return {
    // A signal that does not hold forbids nothing: it is a reason for less, not a check that failed.
    checks: held.map(({ rule, got, limit }) => ({ rule, got: String(got), limit, passed: true })),
    rejected: signals
      .filter((signal) => !signal.holds)
      .map(({ rule, got, limit }) => ({ option: `another ${limits.stepBps} bps for ${rule}`, reason: `${got}, wanted ${limit}` })),
    wish: trend.holds || momentum.holds ? held.length * limits.stepBps : 0,
  };
}

export function decide({ time, inputs }, modelOutput) {
  const checks = [];
  const rejected = [];
  const { market, feed, portfolio, book } = inputs;
  const check = (rule, got, limit, passed) => {
    checks.push({ rule, got: String(got), limit: String(limit), passed });
    return passed;
  };
  const hold = (reason) => ({
    kind: 'refusal',
    task: `day ${market === undefined ? 'unknown' : market.day}`,
    choice: `hold: ${reason}`,
    checks,
    rejected,
    amounts: [],
    calls: [],
  });

  const problem = problemOf(inputs);
  if (problem !== null) return hold(problem);
  if (!check('signature of the statement', feed.signature, 'valid, or recorded in a backtest', feed.signature === 'valid' || feed.signature === 'recorded'))
    return hold('the market statement is not signed by the market');
  if (!check('phase of the day', market.phase, 'open', market.phase === 'open')) return hold('the day is over');
  if (!check('number of the day', market.index, `after ${book.lastIndex}`, market.index > book.lastIndex))
    return hold('this day was decided already: an old statement');
  const age = time - feed.at;
  if (!check('age of the statement (ms)', age, limits.statementAgeMs, age >= 0 && age <= limits.statementAgeMs))
    return hold('the market statement is stale');

  const price = BigInt(market.open);
  const unit = BigInt(portfolio.shareUnit);
  const [cash, shares] = [BigInt(portfolio.cash), BigInt(portfolio.shares)];
  const [dollars, stock] = [BigInt(portfolio.reserveDollar), BigInt(portfolio.reserveShare)];
  if (!check('reserves of the pool', min(dollars, stock), 'more than 0', dollars > 0n && stock > 0n)) return hold('the pool is empty');
  const poolPrice = (dollars * unit) / stock;
  const gap = Number(((poolPrice - price) * 10_000n) / price);
  if (!check('price of the pool against the signed open (bps)', gap, `within ${limits.priceGapBps}`, gap >= -limits.priceGapBps && gap <= limits.priceGapBps))
    return hold('pool and statement name different prices: one of them is being moved');

  const value = (shares * price) / unit;
  const worth = cash + value;
  if (!check('worth of the account (base units)', worth, 'more than 0', worth > 0n)) return hold('there is no money to trade with');
  const held = Number((value * 10_000n) / worth);
  const signals = wishOf(featuresOf(market), modelOutput === null ? 1_000_000 : modelOutput[0]);
  const { wish } = signals;
  checks.push(...signals.checks);
  rejected.push(...signals.rejected);
  const paid = book.open === null ? 0n : BigInt(book.open.cost);
  const got = book.open === null ? 0n : BigInt(book.open.proceeds);
  const profit = paid === 0n ? 0 : Number(((value + got - paid) * 10_000n) / paid);
  const isStop = shares > 0n && -profit >= limits.stopLossBps;
  if (shares > 0n) check(isStop ? 'stop-loss: loss of the open trade (bps)' : 'loss of the open trade (bps)', -profit, `${isStop ? 'at least' : 'below'} ${limits.stopLossBps}`, true);
  const target = isStop ? 0 : wish;
  if (isStop && wish > 0) rejected.push({ option: `hold ${wish} bps`, reason: 'stop-loss comes before every signal' });

  const buys = target > held;
  const change = Math.abs(target - held);
  const sellsAll = target === 0 && shares > 0n;
  if (!sellsAll && !check('size of the change (bps of worth)', change, `at least ${limits.minTradeBps}`, change >= limits.minTradeBps))
    return hold(`${held} bps are in the index, ${target} are wanted: too small a change`);

  let amountIn = sellsAll ? shares : (worth * BigInt(change)) / 10_000n;
  if (buys) {
    const locks = protections(book, market.index);
    checks.push(...locks);
    const lock = locks.find(({ passed }) => !passed);
    if (lock !== undefined) {
      rejected.push({ option: `hold ${target} bps`, reason: `${lock.rule}: ${lock.got}` });
      return hold(`a protection stops buying: ${lock.rule}`);
    }
    const traded = book.orders
      .filter((order) => order.index > market.index - limits.turnoverDays)
      .reduce((total, order) => total + BigInt(order.dollars), 0n);
    const turnover = Number(((traded + amountIn) * 10_000n) / worth);
    if (!check(`turnover of ${limits.turnoverDays} days (bps of worth)`, turnover, limits.turnoverBps, turnover <= limits.turnoverBps)) {
      rejected.push({ option: `hold ${target} bps`, reason: 'too much was traded lately' });
      return hold('the turnover limit is reached');
    }
    const spendable = cash - (worth * BigInt(limits.cashReserveBps)) / 10_000n;
    amountIn = min(amountIn, spendable);
  } else if (!sellsAll) {
    amountIn = min((amountIn * unit) / price, shares);
  }
  const [reserveIn, reserveOut] = buys ? [dollars, stock] : [stock, dollars];
  const largest = (reserveIn * BigInt(limits.poolShareBps)) / 10_000n;
  if (amountIn > largest) {
    rejected.push({ option: `trade ${amountIn} at once`, reason: 'too much for the pool in one order' });
    amountIn = largest;
  }
  const most = BigInt(buys ? portfolio.mostDollars : portfolio.mostShares);
  if (amountIn > most) {
    rejected.push({ option: `trade ${amountIn} at once`, reason: 'more than the mandate allows in one call' });
    amountIn = most;
  }
  const size = buys ? amountIn : (amountIn * price) / unit;
  if (!check('size of the order (base units of pUSD)', size, `at least ${sellsAll ? 1n : limits.minTradeDollars}`, size >= (sellsAll ? 1n : limits.minTradeDollars)))
    return hold('the order would be too small');
  const out = amountOut(amountIn, reserveIn, reserveOut);
  const fair = (amountIn * reserveOut) / reserveIn;
  const cost = fair === 0n ? whole : Number(((fair - out) * 10_000n) / fair);
  if (!check('cost of the order, fee included (bps)', cost, limits.costBps, cost <= limits.costBps)) return hold('the pool is too shallow for this order');
  const minOut = (out * BigInt(whole - limits.slippageBps)) / 10_000n;

  const [from, to] = buys ? [portfolio.dollar, portfolio.share] : [portfolio.share, portfolio.dollar];
  const deadline = BigInt(portfolio.chainTime + limits.deadlineSeconds);
  return {
    kind: 'intent',
    task: `${isStop ? 'stop-loss' : 'rebalance'} ${market.day}`,
    choice: `${buys ? 'buy' : sellsAll ? 'sell all' : 'sell'}: from ${held} to ${target} bps of worth in the index${isStop ? ', stop-loss' : ''}`,
    checks,
    rejected,
    amounts: [
      { asset: assetOf(portfolio, from), amount: `-${amountIn}` },
      { asset: assetOf(portfolio, to), amount: String(minOut) },
    ],
    calls: [{ to: portfolio.router, data: swapData(amountIn, minOut, from, to, portfolio.account, deadline) }],
  };
}
