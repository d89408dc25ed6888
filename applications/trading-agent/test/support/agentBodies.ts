// What the agent's server answers, as tests read it.

export interface AgentStateBody {
  readonly state: string;
  readonly reason: string;
  readonly openIntents: number;
  readonly day?: string;
}

export interface EquityBody {
  readonly points: readonly { readonly day: string; readonly kind: string; readonly choice: string }[];
}

export interface MetricsBody {
  readonly label: string;
  readonly run: object;
  readonly [figure: string]: unknown;
}
