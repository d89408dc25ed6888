// Math.exp and Math.log may differ in the last bit between engines and machines. These are built from + - * / alone,
// which IEEE 754 fixes to the bit, so that training gives the same model everywhere.

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the language fixes Math's constants only approximately.
const ln2 = 0.6931471805599453;

/** e to the power x, within 4e-16 relative for |x| below 700; 0 below -700, and refuses nothing. */
export function exactExp(x: number): number {
  if (x < -700) return 0;
  if (x > 700) return exactExp(700);
  const halvings = Math.floor(x / ln2 + 0.5);
  const r = (x - halvings * ln2) / 4;
  // Taylor series on |r| <= 0.087; the ninth term is below 1e-16.
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 10; n++) {
    term = (term * r) / n;
    sum += term;
  }
  sum *= sum;
  sum *= sum;
  let factor = halvings < 0 ? 0.5 : 2;
  for (let rest = Math.abs(halvings); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) sum *= factor;
    factor *= factor;
  }
  return sum;
}

/** Natural logarithm of a positive number, within 1e-15 absolute near 1. */
export function exactLog(x: number): number {
  let mantissa = x;
  let doublings = 0;
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the language fixes Math's constants only approximately.
  while (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    doublings++;
  }
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the language fixes Math's constants only approximately.
  while (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    doublings--;
  }
  // log m = 2 artanh((m - 1) / (m + 1)); |t| <= 0.172, so 11 odd terms reach 1e-17.
  const t = (mantissa - 1) / (mantissa + 1);
  let power = t;
  let sum = 0;
  for (let n = 1; n <= 21; n += 2) {
    sum += power / n;
    power *= t * t;
  }
  return 2 * sum + doublings * ln2;
}

/** 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + exactExp(-x)) : 1 - 1 / (1 + exactExp(x));
}
