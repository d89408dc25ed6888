"""Writes freqtrade.json: figures of freqtrade's own functions over made-up trades and balances.

Needs freqtrade (2026.9 wrote the committed file), numpy and pandas; freqtrade's other dependencies are not used by these
functions and are stood in for by empty modules:

    python -m venv v && v/bin/pip install --no-deps freqtrade==2026.9 && v/bin/pip install numpy pandas
    v/bin/python write-freqtrade-vectors.py > freqtrade.json
"""

import importlib.util
import json
import pathlib
import random
import sys
import types
from datetime import datetime, timedelta, timezone


class Anything(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __call__(self, *args, **kwargs):
        return self


sys.modules["scipy"] = Anything("scipy")
import freqtrade  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

root = pathlib.Path(freqtrade.__file__).parent


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, root / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


m = load("data/metrics.py", "freqtrade.data.metrics")
for name in ["freqtrade.constants", "freqtrade.ft_types", "freqtrade.util", "freqtrade.data"]:
    sys.modules[name] = Anything(name)
sys.modules["freqtrade.constants"].BACKTEST_BREAKDOWNS = []
sys.modules["freqtrade.constants"].DATETIME_PRINT_FORMAT = "%Y-%m-%d %H:%M:%S"
for name in ["BacktestContentType", "BacktestResultType"]:
    setattr(sys.modules["freqtrade.ft_types"], name, dict)
reports = load("optimize/optimize_reports/optimize_reports.py", "reports")

start = datetime(2007, 1, 3, tzinfo=timezone.utc)


def case(name, seed, count, spread=0.03, drift=0.002, balance=10_000.0):
    dice = random.Random(seed)
    trades, day = [], 0
    for _ in range(count):
        opened = day + dice.randint(1, 20)
        day = opened + dice.randint(1, 40)
        stake = round(balance * dice.choice([0.25, 0.5, 0.75, 1.0]), 6)
        profit = round(stake * dice.gauss(drift, spread), 6)
        if dice.random() < 0.05:
            profit = 0.0
        trades.append({"open": opened, "close": day, "stake": stake, "profit": profit})
    days = day + 5
    values, value = [], balance
    for at in range(days + 1):
        if at % 7 in (0, 2, 3):
            value = round(value * (1 + dice.gauss(drift / 10, spread / 3)), 6)
            values.append({"day": at, "balance": value})
    end = start + timedelta(days=days)
    frame = pd.DataFrame(
        [
            {
                "open_date": start + timedelta(days=t["open"]),
                "close_date": start + timedelta(days=t["close"]),
                "stake_amount": t["stake"],
                "profit_abs": t["profit"],
                "profit_ratio": t["profit"] / t["stake"],
                "trade_duration": (t["close"] - t["open"]) * 24 * 60,
                "is_short": False,
                "exit_reason": "exit_signal",
            }
            for t in trades
        ]
    )
    wallet = pd.DataFrame(
        [{"date": start + timedelta(days=v["day"]), "total_quote": v["balance"]} for v in values]
    )
    final = balance + sum(t["profit"] for t in trades)
    daily = reports.generate_daily_stats(frame)
    trading = reports.generate_trading_stats(frame)
    wins = frame.loc[frame["profit_abs"] > 0, "profit_abs"].sum()
    losses = frame.loc[frame["profit_abs"] < 0, "profit_abs"].sum()
    expectancy, expectancy_ratio = m.calculate_expectancy(frame)
    stamp = lambda at: int(at.timestamp() * 1000)
    drawdown = m.calculate_max_drawdown(frame, value_col="profit_abs", starting_balance=balance)
    under = m.calculate_max_drawdown(
        frame, value_col="profit_abs", starting_balance=balance, relative=True
    )
    fall = m.calculate_max_drawdown_from_balance(wallet)
    low, high = m.calculate_csum(frame, balance)
    return {
        "name": name,
        "start": stamp(start),
        "end": stamp(end),
        "startingBalance": balance,
        "trades": [
            {
                "openAt": stamp(start + timedelta(days=t["open"])),
                "closeAt": stamp(start + timedelta(days=t["close"])),
                "stake": t["stake"],
                "profitAbs": t["profit"],
            }
            for t in trades
        ],
        "balances": [
            {"at": stamp(start + timedelta(days=v["day"])), "balance": v["balance"]} for v in values
        ],
        "figures": {
            "cagr": m.calculate_cagr((end - start).days or 1, balance, final),
            "sharpe": m.calculate_sharpe(frame, start, end, balance),
            "sortino": m.calculate_sortino(frame, start, end, balance),
            "calmar": m.calculate_calmar(frame, start, end, balance),
            "sqn": m.calculate_sqn(frame, balance),
            "profitFactor": wins / abs(losses) if losses else 0.0,
            "expectancy": expectancy,
            "expectancyRatio": expectancy_ratio,
            "avgStake": frame["stake_amount"].mean(),
            "profitMean": frame["profit_ratio"].mean(),
            "profitMedian": frame["profit_ratio"].median(),
            "bestDayAbs": daily["backtest_best_day_abs"],
            "worstDayAbs": daily["backtest_worst_day_abs"],
            "winningDays": int(daily["winning_days"]),
            "drawDays": int(daily["draw_days"]),
            "losingDays": int(daily["losing_days"]),
            "wins": trading["wins"],
            "draws": trading["draws"],
            "losses": trading["losses"],
            "maxConsecutiveWins": trading["max_consecutive_wins"],
            "maxConsecutiveLosses": trading["max_consecutive_losses"],
            "holdingAvgSeconds": trading["holding_avg_s"],
            "winnerHoldingAvgSeconds": trading["winner_holding_avg_s"],
            "loserHoldingAvgSeconds": trading["loser_holding_avg_s"],
            "drawdownAbs": drawdown.drawdown_abs,
            "drawdownAccount": drawdown.relative_account_drawdown,
            "drawdownStart": stamp(drawdown.high_date),
            "drawdownEnd": stamp(drawdown.low_date),
            "drawdownHigh": drawdown.high_value,
            "drawdownLow": drawdown.low_value,
            "underwater": under.relative_account_drawdown,
            "minBalance": low,
            "maxBalance": high,
            "balanceSharpe": m.calculate_sharpe_from_balance(wallet),
            "balanceSortino": m.calculate_sortino_from_balance(wallet),
            "balanceCalmar": m.calculate_calmar_from_balance(wallet),
            "balanceDrawdownAbs": fall.drawdown_abs,
            "balanceDrawdownAccount": fall.relative_account_drawdown,
            "balanceDrawdownStart": stamp(fall.high_date),
            "balanceDrawdownEnd": stamp(fall.low_date),
        },
    }


plain = lambda value: value.item() if isinstance(value, np.generic) else value
cases = [
    case("many trades", 1, 40),
    case("few trades", 2, 7),
    case("one trade", 3, 1),
    case("only winners", 5, 12, spread=0.001, drift=0.02),
    case("only losers", 6, 12, spread=0.001, drift=-0.02),
    case("deep falls", 8, 20, spread=0.12, drift=0.0),
]
json.dump(
    {
        "about": "Figures of freqtrade's own functions over made-up trades and balances; see write-freqtrade-vectors.py.",
        "freqtrade": freqtrade.__version__,
        "cases": cases,
    },
    sys.stdout,
    default=plain,
)
sys.stdout.write("\n")
