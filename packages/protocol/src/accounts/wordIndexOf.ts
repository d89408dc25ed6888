import type { Abi, AbiParameter } from 'viem';
import { LichenError } from '../errors.ts';

const arrayPattern = /^(.*)\[(\d*)\]$/;

function componentsOf(parameter: AbiParameter): readonly AbiParameter[] {
  return (parameter as { components?: readonly AbiParameter[] }).components ?? [];
}

/** Words of a value in the head of a call, or undefined for a dynamic one, which has one word of offset there. */
function staticWordsOf(parameter: AbiParameter): number | undefined {
  const array = arrayPattern.exec(parameter.type);
  if (array !== null) {
    const each =
      array[2] === '' ? undefined : staticWordsOf({ ...parameter, type: array[1]! } as AbiParameter);
    return each === undefined ? undefined : each * Number(array[2]);
  }
  if (parameter.type === 'bytes' || parameter.type === 'string') return undefined;
  if (parameter.type !== 'tuple') return 1;
  let words = 0;
  for (const component of componentsOf(parameter)) {
    const size = staticWordsOf(component);
    if (size === undefined) return undefined;
    words += size;
  }
  return words;
}

/**
 * Which 32-byte argument word of a call holds an argument, counted from 0 after the selector: what `amountArg` and pins
 * of a mandate name. Fields of a static struct are reached by a path.
 * @example
 * wordIndexOf(flightCoverAbi, 'buy', 'maxPremium'); // 13
 * wordIndexOf(flightCoverAbi, 'buy', 'report.observedAt');
 * @throws LichenError `bad-input` when the function is not in the ABI or overloaded, has no such argument, or the argument
 * is not one word at a fixed place.
 */
export function wordIndexOf(abi: Abi, functionName: string, path: string): number {
  const refuse = (expected: string): never => {
    throw new LichenError('bad-input', 'A mandate cannot name that argument.', {
      got: `${path} of ${functionName}`,
      expected,
      next: 'Name an argument of one word that is not inside a dynamic one.',
      retry: 'after-fix',
    });
  };
  const functions = abi.filter((item) => item.type === 'function' && item.name === functionName);
  const [found] = functions;
  if (functions.length !== 1 || found?.type !== 'function')
    return refuse('one function of that name in the ABI');
  let parameters: readonly AbiParameter[] = found.inputs;
  let words = 0;
  const names = path.split('.');
  for (const [depth, name] of names.entries()) {
    const at = parameters.findIndex((parameter) => parameter.name === name);
    const parameter = parameters[at];
    if (parameter === undefined) return refuse(`one of ${parameters.map((each) => each.name).join(', ')}`);
    for (const before of parameters.slice(0, at)) words += staticWordsOf(before) ?? 1;
    const size = staticWordsOf(parameter);
    const isLast = depth === names.length - 1;
    if (size === undefined || (isLast && size !== 1)) return refuse('an argument of one word');
    parameters = componentsOf(parameter);
  }
  return words;
}
