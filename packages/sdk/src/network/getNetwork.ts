import type { LichenClient } from '../client/createLichenClient.ts';
import { fieldsOf, integerAt, listAt, textAt } from './readFields.ts';
import { requestGateway } from './requestGateway.ts';

/** One process of the network as its supervisor sees it. */
export interface NetworkProcess {
  readonly name: string;
  /** Null while it does not run. */
  readonly pid: number | null;
  /** `starting`, `running`, `restarting` or `stopped`. */
  readonly state: string;
  readonly restarts: number;
  /** When this state began, unix seconds. */
  readonly since: number;
}

export interface NetworkState {
  readonly processes: readonly NetworkProcess[];
  /** The latest events, oldest first; `at` in unix seconds. */
  readonly events: readonly { readonly at: number; readonly text: string }[];
}

/** Processes and latest events of the embedded network. @throws LichenError `not-running`, `timeout`, `bad-input`. */
export async function getNetwork(client: LichenClient): Promise<NetworkState> {
  const answer = fieldsOf('The state of the network', await requestGateway(client.gatewayUrl, '/v1/network'));
  return {
    processes: listAt(answer, 'processes').map((entry) => {
      const process = fieldsOf('A process of the network', entry);
      return {
        name: textAt(process, 'name'),
        pid: process.values.pid === null ? null : integerAt(process, 'pid', 1, 2 ** 31),
        state: textAt(process, 'state'),
        restarts: integerAt(process, 'restarts', 0, 2 ** 31),
        since: integerAt(process, 'since', 0, 2 ** 40),
      };
    }),
    events: listAt(answer, 'events').map((entry) => {
      const event = fieldsOf('An event of the network', entry);
      return { at: integerAt(event, 'at', 0, 2 ** 40), text: textAt(event, 'text') };
    }),
  };
}
