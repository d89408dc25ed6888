import type { LichenErrorCode } from '@lichen/protocol';
import type { RevertMeaning } from '../client/revertMeanings.ts';

type Meaning = [code: LichenErrorCode, summary: string, next: string, rest?: Partial<RevertMeaning>];

const operator = 'Report this to the operator of the network: no caller of the SDK should meet it.';
const askAccount = 'Ask the account for a mandate that allows it.';
const never = { retry: 'never' } as const;
const later = { retry: 'later' } as const;
const amounts = { unit: 'base units' } as const;

/** What the custom errors of accounts, mandates, recovery and the sponsor mean; the caller must change something unless said. */
const meanings: Readonly<Record<string, Meaning>> = {
  MandateFunctionDenied: ['mandate-denied', 'The mandate does not allow this function.', askAccount],
  MandateArgumentDenied: [
    'mandate-denied',
    'The mandate allows this function with another argument only.',
    'Use the argument that the mandate names.',
  ],
  MandateCallDataShort: [
    'mandate-denied',
    'The call is too short to hold the arguments that the mandate looks at.',
    'Encode the call with all its arguments.',
    { bound: 'at least' },
  ],
  MandateValueDenied: ['mandate-denied', 'A mandate never moves ether.', 'Make the call without value.'],
  MandateAmountTooLarge: [
    'mandate-denied',
    'The amount is more than the mandate allows in one call.',
    'Take a smaller amount, or ask the account for a larger mandate.',
    { ...amounts, bound: 'at most' },
  ],
  MandateTargetForbidden: [
    'mandate-denied',
    'No mandate reaches the account itself, its modules, the EntryPoint or the factory.',
    'Let the account do this with its own passkey.',
    never,
  ],
  MandateApprovalUnbounded: [
    'mandate-denied',
    'A mandate cannot hand tokens on without a bound.',
    'Count the amount, pin the spender, or let the executor approve for one call.',
  ],
  MandateNotAgent: [
    'mandate-denied',
    'The mandate was given to another agent.',
    'Act with the key that the mandate names.',
  ],
  MandateNotSender: ['mandate-denied', 'The operation is of another account.', operator, never],
  MandateOperationDenied: [
    'mandate-denied',
    'An agent may sign operations that use its mandate, and no others.',
    'Send the calls with `useMandateSponsored`.',
  ],
  MandateNotSponsored: [
    'mandate-denied',
    "An agent may not spend the account's own money on gas.",
    'Let the sponsor pay, or act from an account of your own with `useMandate`.',
  ],
  MandateNoAccount: [
    'not-found',
    'There is no account at this address.',
    'Check the address; a new account comes into being with its first operation.',
  ],
  MandateExecutorRemoved: [
    'mandate-revoked',
    'The account has removed the module that carries mandates out.',
    'Ask the account to install it again.',
  ],
  MandateNoCalls: ['bad-input', 'There is nothing to do.', 'Name at least one call.'],
  MandatePeriodSpent: [
    'mandate-spent',
    'The mandate has too little left for this amount in its period.',
    'Take a smaller amount, or wait until earlier amounts leave the period.',
    { ...amounts, ...later },
  ],
  MandateBudgetSpent: [
    'mandate-spent',
    "The account's budget for all its mandates has too little left for this amount.",
    'Take a smaller amount, wait, or ask the account for a larger budget.',
    { ...amounts, ...later },
  ],
  MandateTooManyCalls: [
    'mandate-spent',
    'The mandate allows no further calls in this period.',
    'Wait until earlier calls leave the period.',
    later,
  ],
  MandateNotYet: [
    'mandate-expired',
    'The mandate does not hold yet.',
    'Wait until it does.',
    { ...later, unit: 'time' },
  ],
  MandateExpired: [
    'mandate-expired',
    'The mandate has run out.',
    'Ask the account for a new one.',
    { unit: 'time' },
  ],
  MandateUnknown: [
    'mandate-revoked',
    'The account has granted no such mandate, or has revoked it with all others.',
    'Ask the account for a new one.',
  ],
  MandateRevokedAlready: [
    'mandate-revoked',
    'The account has revoked this mandate.',
    'Ask the account for a new one.',
    never,
  ],
  MandatePausedByAccount: [
    'mandate-paused',
    'The account has paused this mandate.',
    'Wait until the account lets it go on.',
    later,
  ],
  MandateKnown: [
    'bad-input',
    'The account has granted these very terms already.',
    'Use the mandate that is there, or change the salt of the terms.',
  ],
  MandateTermsInvalid: ['bad-input', 'No mandate can have these terms.', 'Correct the part that is named.'],
  BudgetInvalid: [
    'bad-input',
    'No budget can be like this.',
    'Name an asset and a period of a second or more.',
  ],
  AccountModeUnsupported: [
    'bad-input',
    'An account makes calls one by one or in a batch, and nothing else.',
    'Encode the calls with `encodeCalls`.',
  ],
  AccountNotFactory: ['internal', 'Only the factory may do this to an account.', operator, never],
  AccountUnauthorized: [
    'wrong-passkey',
    'Only the account itself may do this.',
    'Send it as an operation signed by a passkey of the account.',
  ],
  AccountPasskeyInvalid: [
    'bad-input',
    'That is no public key of a passkey.',
    'Read the key from the authenticator again.',
  ],
  AccountPasskeyKnown: [
    'bad-input',
    'The account has this device already.',
    'Choose another device, or go on with this one.',
  ],
  AccountPasskeyUnknown: [
    'not-found',
    'The account has no device with this number.',
    'Read the list of its devices again.',
  ],
  AccountPasskeyLast: [
    'bad-input',
    'The last device of an account cannot be removed.',
    'Add another device first.',
  ],
  AccountPasskeysFull: [
    'bad-input',
    'The account has as many devices as it can have.',
    'Remove a device that is no longer used.',
  ],
  RecoveryNotGuardian: [
    'recovery-refused',
    'That account is no guardian of this one.',
    'Ask one of its guardians.',
  ],
  RecoveryGuardiansInvalid: [
    'bad-input',
    'These cannot be the guardians.',
    'Correct the part that is named.',
  ],
  RecoveryUnderWay: [
    'recovery-refused',
    'A recovery of this account is under way.',
    'Support it, or wait until it has lapsed.',
    later,
  ],
  RecoveryUnknown: [
    'recovery-refused',
    'There is no such recovery: it was refused, carried out or replaced.',
    'Look at the account again.',
    never,
  ],
  RecoverySupportedAlready: [
    'recovery-refused',
    'This guardian supports the recovery already.',
    'Wait for the other guardians.',
    never,
  ],
  RecoveryTooEarly: [
    'recovery-refused',
    'The recovery waits, so that the account can refuse it.',
    'Come back at that time.',
    { ...later, unit: 'time' },
  ],
  RecoveryLapsed: [
    'recovery-refused',
    'The recovery has lapsed.',
    'Let a guardian propose it again.',
    { unit: 'time' },
  ],
  PaymasterUnauthorized: ['internal', 'Only the EntryPoint may call the sponsor.', operator, never],
  OwnableUnauthorizedAccount: [
    'bad-input',
    'Only the owner of the sponsor may do this.',
    'Send it from the account of its owner.',
  ],
  OwnableInvalidOwner: ['bad-input', 'That cannot own the sponsor.', 'Name another owner.'],
  ERC7579UninstalledModule: [
    'bad-input',
    'The account does not have this module.',
    'Install the module first; mandates need the mandate executor.',
  ],
  ERC7579AlreadyInstalledModule: [
    'bad-input',
    'The account has this module already.',
    'Go on without installing it.',
  ],
  ERC7579MismatchedModuleTypeId: [
    'bad-input',
    'The module is of another type.',
    'Install it under the type that it names.',
  ],
  ERC7579UnsupportedModuleType: [
    'bad-input',
    'Accounts take no modules of this type.',
    'Use another module.',
  ],
  ERC7579MissingFallbackHandler: [
    'bad-input',
    'The account has no such function.',
    'Check the function that is called.',
  ],
  ERC7579CannotDecodeFallbackData: [
    'bad-input',
    'A fallback module is installed with the selector that it serves.',
    'Put the four bytes before its data.',
  ],
  ERC7579DecodingError: [
    'bad-input',
    'The calls are not encoded as a batch.',
    'Encode them with `encodeCalls`.',
  ],
  ERC7579UnsupportedCallType: [
    'bad-input',
    'An account makes calls one by one or in a batch, and nothing else.',
    'Encode the calls with `encodeCalls`.',
  ],
  ERC7579UnsupportedExecType: [
    'bad-input',
    'An account makes calls one by one or in a batch, and nothing else.',
    'Encode the calls with `encodeCalls`.',
  ],
  CloneArgumentsTooLong: ['internal', 'The account could not be created.', operator, never],
  Create2EmptyBytecode: ['internal', 'The account could not be created.', operator, never],
  FailedDeployment: ['internal', 'The account could not be created.', operator, never],
  FailedCall: [
    'transaction-failed',
    'The called contract refused without giving a reason.',
    'Check what is called and with which arguments.',
  ],
  OutOfRangeAccess: ['bad-input', 'A signature is cut short.', 'Sign again.'],
};

/** By the name of the custom error. */
export const accountRevertMeanings: Readonly<Record<string, RevertMeaning>> = Object.fromEntries(
  Object.entries(meanings).map(([name, [code, summary, next, rest]]) => [
    name,
    { code, summary, next, retry: 'after-fix', ...rest },
  ]),
);
