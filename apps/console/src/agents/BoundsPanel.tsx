import { listMandates, type Mandate } from '@lichen/sdk';
import { useQuery } from '@tanstack/react-query';
import { type Address, isAddressEqual } from 'viem';
import { MandateBounds } from '../account/mandates/MandateBounds.tsx';
import { mandateMark } from '../account/mandates/mandateMark.ts';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatMoney } from '../format/money.ts';
import { formatShares } from '../journal/amountText.ts';
import { plainText } from '../journal/plainText.ts';
import { EmptyNote } from '../parts/EmptyNote.tsx';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import classes from './agents.module.css';
import { tradeText } from './tradeText.ts';

/** What the agent may do, read from the chain: it cannot do anything else, whatever its program says. */
export function BoundsPanel(props: { account: Address; agent: Address }) {
  const client = useClient();
  const now = useNow();
  const { account, agent } = props;
  const mandates = useQuery({
    queryKey: ['mandates', account],
    queryFn: () => listMandates(client, { account }),
    refetchInterval: 10_000,
  });
  const own = (mandates.data ?? []).filter(({ terms }) => isAddressEqual(terms.agent, agent));
  const ordered = own.toSorted(
    (a, b) => Number(mandateMark(a, now).ended) - Number(mandateMark(b, now).ended),
  );
  return (
    <Panel title="Its bounds" note="Enforced by the chain, whatever the agent’s program does.">
      {mandates.isPending && <Waiting rows={2} height={160} name="mandates" />}
      {mandates.isError && mandates.data === undefined && <ErrorNote error={mandates.error} />}
      {mandates.data !== undefined && own.length === 0 && (
        <EmptyNote title="It has no mandate">It can look and decide, and can spend nothing.</EmptyNote>
      )}
      <div className={classes.card}>
        {ordered.map((mandate) => (
          <Bounds key={mandate.id} mandate={mandate} now={now} />
        ))}
      </div>
    </Panel>
  );
}

function Bounds(props: { mandate: Mandate; now: number }) {
  const { mandate, now } = props;
  const { addresses, config } = useClient();
  const { market } = config;
  const mark = mandateMark(mandate, now);
  const { asset } = mandate.terms;
  const format = isAddressEqual(asset, addresses.playDollar)
    ? formatMoney
    : market !== undefined && isAddressEqual(asset, market.share)
      ? formatShares
      : (amount: bigint) => `${amount} base units`;
  return (
    <section className={classes.bounds} aria-label={plainText(mandate.label) || 'Mandate'}>
      <div className={classes.boundsHead}>
        <h3>{plainText(mandate.label) || 'Mandate without a name'}</h3>
        <Mark tone={mark.tone}>{mark.text}</Mark>
      </div>
      <MandateBounds
        mandate={mandate}
        hasEnded={mark.ended}
        format={format}
        describe={(permission) => tradeText(market, mandate.account, mandate.terms, permission)}
      />
    </section>
  );
}
