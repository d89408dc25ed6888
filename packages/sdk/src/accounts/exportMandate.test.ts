import { fc, test } from '@fast-check/vitest';
import { mandateIdOf, type Terms } from '@lichen/protocol';
import { type Address, bytesToHex, getAddress, type Hex } from 'viem';
import { describe, expect } from 'vitest';
import type { LichenConfig } from '../client/config.ts';
import { connectLichen, type LichenClient } from '../client/createLichenClient.ts';
import { type ExportedMandate, exportMandate, readExportedMandate } from './exportMandate.ts';

function clientOf(chainId: number, mandateExecutor: Address): LichenClient {
  const config = { name: 'test', chainId, rpcPath: '/rpc', accounts: { mandateExecutor } };
  return connectLichen({ gatewayUrl: 'http://127.0.0.1:1', config: config as unknown as LichenConfig });
}
const executor = '0x0000000000000000000000000000000000000f03';
const client = clientOf(31_337, executor);

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value): Hex => bytesToHex(value));
const address = bytes(20).map((value) => getAddress(value));
const terms: fc.Arbitrary<Terms> = fc.record({
  agent: address,
  asset: address,
  validFrom: fc.nat(2 ** 31),
  validUntil: fc.nat(2 ** 31),
  period: fc.nat(2 ** 31),
  maxPerPeriod: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  maxCalls: fc.nat(255),
  permissions: fc.array(
    fc.record({
      target: address,
      selector: bytes(4),
      amountArg: fc.nat(255),
      pulls: fc.boolean(),
      maxAmount: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      pins: fc.array(fc.record({ index: fc.nat(255), value: bytes(32) }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  salt: bytes(32),
});

describe('a mandate in the shape of ERC-7715', () => {
  test.prop([address, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), terms, fc.string()])(
    'comes back as it was, through any file',
    (account, epoch, given, label) => {
      const exported = exportMandate(client, { account, epoch, terms: given, label });
      const read = readExportedMandate(client, JSON.parse(JSON.stringify(exported)) as ExportedMandate);
      expect(read).toEqual({ account, epoch, terms: given, label });
      expect(exported.permission.data.mandateId).toBe(mandateIdOf(account, epoch, given));
      expect(exported).toMatchObject({ from: account, to: given.agent, delegationManager: executor });
      expect(exported.rules).toEqual([{ type: 'expiry', data: { timestamp: given.validUntil } }]);
    },
  );

  test.prop([address, terms, terms, address])(
    'that shows other terms than it holds is refused',
    (account, given, shown, stranger) => {
      fc.pre(mandateIdOf(account, 1n, given) !== mandateIdOf(account, 1n, shown) && stranger !== account);
      const exported = exportMandate(client, { account, epoch: 1n, terms: given });
      const pretty = exportMandate(client, { account, epoch: 1n, terms: shown });
      for (const forged of [
        { ...pretty, context: exported.context },
        { ...exported, from: stranger },
        { ...exported, context: exported.context.slice(0, -64) as Hex },
        { ...exported, context: '0x' as Hex },
      ]) {
        expect(() => readExportedMandate(client, forged)).toThrow(
          expect.objectContaining({ code: 'bad-input' }),
        );
      }
    },
  );

  test.prop([address, terms])('of another network is refused', (account, given) => {
    const exported = exportMandate(client, { account, epoch: 0n, terms: given });
    const elsewhere = [clientOf(1, executor), clientOf(31_337, '0x0000000000000000000000000000000000000f04')];
    for (const foreign of elsewhere) {
      expect(() => readExportedMandate(foreign, exported)).toThrow(
        expect.objectContaining({ code: 'wrong-chain' }),
      );
    }
  });
});
