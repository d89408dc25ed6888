import type { CoverQuote } from '@lichen/sdk';
import { formatOdds, formatPoints, formatProbability } from '../format/probability.ts';
import classes from './Contributions.module.css';
import { waterfallOf } from './waterfallOf.ts';

/** From the typical flight to this one: each fact of the model as a bar that starts where the last one ended. */
export function Contributions(props: { quote: CoverQuote }) {
  const { quote } = props;
  const probability = quote.parts.probabilityPpm;
  const { bars, low, high } = waterfallOf(quote);
  const place = (from: number, to: number) => ({
    left: `${((Math.min(from, to) - low) / (high - low)) * 100}%`,
    width: `max(2px, ${(Math.abs(to - from) / (high - low)) * 100}%)`,
  });
  const baseline = Number(quote.baselinePpm);
  return (
    <div>
      <p className={classes.headline}>
        <strong>{formatProbability(probability)}</strong>
        <span>
          chance that this flight pays, {formatOdds(probability)}. A typical one has{' '}
          {formatProbability(baseline)}. The bars add up exactly; values are rounded to what the model sees.
        </span>
      </p>
      <table className={classes.table}>
        <caption className="hidden-visually">
          Contribution of each fact to the probability, largest first
        </caption>
        <thead className="hidden-visually">
          <tr>
            <th scope="col">Fact</th>
            <th scope="col">Value</th>
            <th scope="col">Bar</th>
            <th scope="col">Contribution</th>
          </tr>
        </thead>
        <tbody>
          <tr className={classes.end}>
            <th scope="row">Typical flight</th>
            <td />
            <td className={classes.lane} aria-hidden>
              <span className={classes.sum} style={place(low, baseline)} />
            </td>
            <td className={classes.points}>{formatProbability(baseline)}</td>
          </tr>
          {bars.map((bar) => (
            <tr key={bar.name}>
              <th scope="row">{bar.label}</th>
              <td className={classes.value}>{bar.valueText}</td>
              <td className={classes.lane} aria-hidden>
                <span
                  className={bar.to >= bar.from ? classes.raise : classes.lower}
                  style={place(bar.from, bar.to)}
                />
              </td>
              <td className={classes.points}>{formatPoints(bar.to - bar.from)}</td>
            </tr>
          ))}
          <tr className={classes.end}>
            <th scope="row">This flight</th>
            <td />
            <td className={classes.lane} aria-hidden>
              <span className={classes.sum} style={place(low, Number(probability))} />
            </td>
            <td className={classes.points}>{formatProbability(probability)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
