import { isLichenError } from '@lichen/protocol';

/** Codes of EIP-1193, EIP-1474, EIP-3326 and EIP-5792 that a Lichen provider answers with. */
export const providerCodes = {
  invalidParams: -32602,
  internal: -32603,
  pending: -32002,
  rejected: 4001,
  unauthorized: 4100,
  unsupportedMethod: 4200,
  otherChain: 4901,
  unknownChain: 4902,
  unsupportedCapability: 5700,
  unsupportedChain: 5710,
  duplicateId: 5720,
  unknownBundle: 5730,
  tooLarge: 5740,
} as const;

/** `ProviderRpcError` of EIP-1193: web apps decide by `code`. `data` is a LichenError as JSON where one is the reason. */
export class ProviderError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(
    code: number,
    message: string,
    options: { readonly data?: unknown; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ProviderRpcError';
    this.code = code;
    this.data = options.data;
  }
}

/** @throws ProviderError always. */
export function refuse(code: keyof typeof providerCodes, message: string): never {
  throw new ProviderError(providerCodes[code], message);
}

/** Names of what `navigator.credentials` throws when the person closes the prompt or lets it run out. */
const closedPrompt = new Set(['NotAllowedError', 'AbortError']);

/** Any failure as what a web app expects: a closed prompt is a refusal by the person, not a fault. */
export function toProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  for (let at = error; at instanceof Error; at = at.cause as unknown) {
    if (closedPrompt.has(at.name)) {
      return new ProviderError(providerCodes.rejected, 'The person closed the prompt.', { cause: error });
    }
  }
  if (isLichenError(error)) {
    return new ProviderError(providerCodes.internal, error.message, { data: error.toJSON(), cause: error });
  }
  return new ProviderError(providerCodes.internal, 'The request failed.', { cause: error });
}
