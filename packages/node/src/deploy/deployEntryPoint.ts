import { LichenError } from '@lichen/protocol';
import { type Address, createPublicClient, type Hex, http, isAddressEqual, type PublicClient } from 'viem';
import { entryPoint08Address } from 'viem/account-abstraction';
import { entryPointCode, simulationCode } from '../accounts/bundlerFiles.ts';
import { deployMissing, planContract } from './create2.ts';
import { createSender } from './sender.ts';

/** The salt with which the authors of EntryPoint 0.8 put it at the same address on every chain. */
const entryPointSalt: Hex = '0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9';

/** What a bundler needs on the chain beside the EntryPoint. */
export interface Simulations {
  readonly pimlico: Address;
  readonly entryPoint: Address;
}

/**
 * Puts EntryPoint 0.8 at its canonical address, and beside it the contracts that the bundler simulates operations with;
 * what is there already is left as it is. Who pays for it does not matter to any address.
 *
 * @throws LichenError `transaction-failed`, `not-found` without the packages
 */
export async function deployEntryPoint(rpcUrl: string, payerKey: Hex): Promise<Simulations> {
  const chain = createPublicClient({ transport: http(rpcUrl) }) as PublicClient;
  const entryPoint = planContract('EntryPoint 0.8', 6_500_000n, entryPointCode(), entryPointSalt);
  if (!isAddressEqual(entryPoint.address, entryPoint08Address)) {
    throw new LichenError('internal', 'The package of EntryPoint 0.8 holds other code.', {
      got: `an address of ${entryPoint.address}`,
      expected: entryPoint08Address,
      next: 'Install the packages again with: npm run setup',
      retry: 'after-fix',
    });
  }
  const pimlico = planContract('the bundler’s simulations', 6_000_000n, simulationCode('PimlicoSimulations'));
  const ofEntryPoint = planContract(
    'the bundler’s EntryPoint simulations',
    8_000_000n,
    simulationCode('EntryPointSimulations08'),
  );
  await deployMissing(chain, createSender(chain, rpcUrl, payerKey), [entryPoint, pimlico, ofEntryPoint]);
  return { pimlico: pimlico.address, entryPoint: ofEntryPoint.address };
}
