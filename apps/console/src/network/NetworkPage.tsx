import { recordedTimeOf } from '@lichen/protocol';
import { useAccount } from '../account/AccountProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { useNow } from '../clock/useNow.ts';
import { formatSpan } from '../format/duration.ts';
import { formatRecordedDay, formatRecordedTime } from '../format/moment.ts';
import { Facts } from '../parts/Facts.tsx';
import { Hash } from '../parts/Hash.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ChainPanel } from './ChainPanel.tsx';
import classes from './NetworkPage.module.css';
import { Processes } from './Processes.tsx';
import { Sources } from './Sources.tsx';

const contracts = [
  ['flightCover', 'Flight cover'],
  ['coverPool', 'Cover pool'],
  ['oracle', 'Oracle'],
  ['reporterSet', 'Reporter set'],
  ['modelRegistry', 'Model registry'],
  ['playDollar', 'Play dollar'],
] as const;

/** What runs on this machine, whether it is well, and where everything is. */
export function NetworkPage() {
  const { config } = useClient();
  const { account } = useAccount();
  const now = useNow();
  const recorded = recordedTimeOf(config.world, now);
  return (
    <>
      <PageHead
        title="Network"
        lead="Everything runs on this machine: a chain, five reporters, the replayed sources and a keeper. A process that ends is started again."
      />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Processes />
          <Sources />
        </div>
        <div className={classes.stack}>
          <ChainPanel />
          <Panel title="World clock" note="Recorded time in New York.">
            <Facts
              columns={1}
              items={[
                ['Now', `${formatRecordedDay(recorded)}, ${formatRecordedTime(recorded)}`],
                ['Speed', `${config.world.speed} recorded seconds a second`],
                ['Record ends in', formatSpan((config.world.recordedTo - recorded) / config.world.speed)],
              ]}
            />
          </Panel>
          <Panel title="Addresses" note={`Chain id ${config.chainId}.`}>
            <Facts
              columns={1}
              items={[
                ...contracts.map(
                  ([key, name]) =>
                    [
                      name,
                      <Hash key={key} value={config.addresses[key]} name={`${name} address`} />,
                    ] as const,
                ),
                ...(account === null
                  ? []
                  : [
                      [
                        'Your account',
                        <Hash key="account" value={account.address} name="your account’s address" />,
                      ] as const,
                    ]),
              ]}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}
