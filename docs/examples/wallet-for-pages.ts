// An account as the wallet of a web app that knows nothing of Lichen; the person decides each request.
// Run: lichen up, then node docs/examples/wallet-for-pages.ts http://127.0.0.1:8080
import { softwarePasskey } from '@lichen/protocol';
import { createAccount, createLichenClient, createProvider, playDollarAbi } from '@lichen/sdk';
import { createWalletClient, custom } from 'viem';
import { generatePrivateKey } from 'viem/accounts';

const client = await createLichenClient({ gatewayUrl: process.argv[2] ?? 'http://127.0.0.1:8080' });
const signer = softwarePasskey(generatePrivateKey(), 'localhost', 'http://localhost:8080');
const account = await createAccount(client, { signer });
const provider = createProvider(account, {
  origin: 'https://shop.example',
  confirm: (request) => {
    console.log(`The page asks to ${request.kind}.`);
    return true;
  },
});

// From here on it is any wallet of any library.
await provider.request({ method: 'eth_requestAccounts' });
const wallet = createWalletClient({
  account: account.address,
  chain: client.chain.chain,
  transport: custom(provider),
});
const hash = await wallet.writeContract({
  address: client.addresses.playDollar,
  abi: playDollarAbi,
  functionName: 'faucet',
  args: [25_000_000n],
});
console.log(`Done in ${hash}.`);
const signature = await wallet.signMessage({ message: 'I agree.' });
const valid = await client.chain.verifyMessage({ address: account.address, message: 'I agree.', signature });
console.log(`The chain ${valid ? 'believes' : 'refuses'} the signature.`);
