// Gas of an anchor, whole transaction, beside the Ethereum Attestation Service on the same anvil in the same run: one
// attestation of a 32-byte hash for each decision, a hundred in one transaction, and its bare timestamp of a root.
import { type Hex, keccak256, parseEventLogs, toHex, zeroAddress, zeroHash } from 'viem';
import { startDevChain } from '../support/devChain.ts';
import { printAtMost, printBar } from '../support/printBar.ts';
import { rivalPackages } from '../support/rivalPackages.ts';

const chain = await startDevChain();
try {
  const anchor = await chain.deploy('Anchor', []);
  const anchorAt = async (size: bigint) =>
    Number((await chain.send('Anchor', anchor, 'anchor', [size, keccak256(toHex(size))])).gasUsed);
  const first = await anchorAt(1_000n);
  const later = await anchorAt(2_000n);

  const rivals = rivalPackages();
  let rival: Record<string, unknown> | undefined;
  if (rivals !== null) {
    const folder = '@ethereum-attestation-service/eas-contracts/artifacts/contracts';
    const registryCode = rivals.artifact(`${folder}/SchemaRegistry.sol/SchemaRegistry.json`);
    const easCode = rivals.artifact(`${folder}/EAS.sol/EAS.json`);
    const registry = await chain.deployCode('SchemaRegistry', registryCode, []);
    const eas = await chain.deployCode('EAS', easCode, [registry]);
    const call = async (
      address: Hex,
      abi: typeof easCode.abi,
      functionName: string,
      args: readonly unknown[],
    ) => {
      const hash = await chain.wallet.writeContract({ address, abi, functionName, args });
      return chain.chain.waitForTransactionReceipt({ hash });
    };
    const registered = await call(registry, registryCode.abi, 'register', [
      'bytes32 decision',
      zeroAddress,
      false,
    ]);
    const [event] = parseEventLogs({ abi: registryCode.abi, logs: registered.logs }) as unknown as [
      { args: { uid: Hex } },
    ];
    const dataOf = (at: number) => ({
      recipient: zeroAddress,
      expirationTime: 0n,
      revocable: false,
      refUID: zeroHash,
      data: keccak256(toHex(at)),
      value: 0n,
    });
    const schema = event.args.uid;
    await call(eas, easCode.abi, 'attest', [{ schema, data: dataOf(0) }]);
    const attest = await call(eas, easCode.abi, 'attest', [{ schema, data: dataOf(1) }]);
    const hundred = Array.from({ length: 100 }, (_, at) => dataOf(at + 2));
    const multi = await call(eas, easCode.abi, 'multiAttest', [[{ schema, data: hundred }]]);
    const timestamp = await call(eas, easCode.abi, 'timestamp', [keccak256('0x01')]);
    rival = {
      name: 'Ethereum Attestation Service 1.9.0',
      attest: Number(attest.gasUsed),
      multiAttestEach: Math.round(Number(multi.gasUsed) / hundred.length),
      timestamp: Number(timestamp.gasUsed),
    };
  }
  printAtMost('anchor of a journal, not the first of its writer', later, 'gas', 30_000, {
    first,
    ...(rival === undefined ? {} : { rival }),
  });
  printBar({
    name: 'anchor, each of 1,000 decisions',
    value: Number((later / 1_000).toFixed(1)),
    unit: 'gas',
    bar: '<= 30',
    holds: later / 1_000 <= 30,
  });
} finally {
  chain.stop();
}
