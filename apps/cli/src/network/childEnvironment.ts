/** Secrets reach the one process that needs them over IPC: a variable would reach all of them and their own children. */
const secret = /^LICHEN_(SOURCE_|DEPLOYER_KEY$|PRIVATE_KEY$|AGENT_KEY$)/;

/** The environment of the network's processes: this one's without its secrets. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secret.test(name)));
}
