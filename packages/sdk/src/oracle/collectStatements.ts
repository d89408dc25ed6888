import { LichenError, type SignedStatement, statementDigest } from '@lichen/protocol';
import { type Address, type Hex, isAddressEqual, recoverAddress } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import {
  addressAt,
  type Fields,
  fieldsOf,
  hexAt,
  integerAt,
  listAt,
  objectAt,
  textAt,
} from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';

function int64At(fields: Fields, name: string): bigint {
  const text = textAt(fields, name);
  if (/^-?\d{1,19}$/.test(text)) return BigInt(text);
  throw new LichenError('bad-input', 'A statement holds a value that is no integer.', {
    got: text.slice(0, 40),
  });
}

/** A source's statement, when it has made one and the signature is its own. */
async function readStatement(
  client: LichenClient,
  source: Address,
  value: unknown,
): Promise<SignedStatement | undefined> {
  if (value == null) return undefined;
  const signed = fieldsOf('A signed statement', value);
  const said = objectAt(signed, 'statement');
  const statement = {
    topic: hexAt(said, 'topic', 32),
    subject: hexAt(said, 'subject', 32),
    value: int64At(said, 'value'),
    detail: int64At(said, 'detail'),
    observedAt: integerAt(said, 'observedAt', 0, 2 ** 40 - 1),
  };
  const signature = hexAt(signed, 'signature', 65);
  const hash = statementDigest(
    { chainId: client.config.chainId, address: client.addresses.oracle },
    statement,
  );
  const signer = await recoverAddress({ hash, signature }).catch(() => undefined);
  return signer !== undefined && isAddressEqual(signer, source)
    ? { source, statement, signature }
    : undefined;
}

/** What each source said: as the gateway passes it on or, when the sources disagree so far that it cannot, from each. */
async function askAll(
  client: LichenClient,
  flightId: Hex,
): Promise<readonly { source: Address; told: unknown }[]> {
  const path = `/v1/flights/${flightId}`;
  try {
    const answer = fieldsOf('The flight', await requestGateway(client.gatewayUrl, path));
    return listAt(answer, 'sources').map((entry) => {
      const source = fieldsOf('A source', entry);
      return { source: addressAt(source, 'address'), told: source.values.statement };
    });
  } catch {
    const asked = await Promise.allSettled(
      client.config.sources.map(async ({ address, url }) => ({
        source: address,
        told: fieldsOf('A source', await requestGateway(url, path)).values.statement,
      })),
    );
    return asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}

/**
 * The signed statements that the network's sources make about a flight now. Sources that are silent, have nothing to
 * say yet, or whose signature does not hold are left out.
 */
export async function collectStatements(
  client: LichenClient,
  parameters: { readonly flightId: Hex },
): Promise<readonly SignedStatement[]> {
  const known = client.config.sources.map(({ address }) => address.toLowerCase());
  const told = (await askAll(client, parameters.flightId)).filter(({ source }) =>
    known.includes(source.toLowerCase()),
  );
  const read = await Promise.allSettled(told.map((item) => readStatement(client, item.source, item.told)));
  return read.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
  );
}
