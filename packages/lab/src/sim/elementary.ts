// The logarithm and exponential, computed from basic arithmetic alone. So a seed gives the same bits in every
// JavaScript engine. The engines' own Math.log and Math.exp may differ in the last bit (in Node 26 and Chromium 156
// they differ for one of twelve values). The formulas are those of Sun's fdlibm (e_log.c, e_exp.c); the error is below
// one unit in the last place. Arguments must be finite; the argument of a logarithm must also be a normal number above
// 0.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** The upper 32 bits of √½ as a double. The mantissa is brought into [√½, √2), because the series is shortest there. */
const SQRT_HALF = 0x3fe6a09e;
const ONE = 0x3ff00000;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const HIGH = new Uint8Array(new Int32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Returns the natural logarithm of `x`. */
export function ln(x: number): number {
  double[0] = x;
  const high = (words[HIGH] as number) + (ONE - SQRT_HALF);
  const k = (high >> 20) - 0x3ff;
  words[HIGH] = (high & 0xfffff) + SQRT_HALF;
  const f = (double[0] as number) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z *
    (0.6666666666666735 +
      w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return s * (half + (odd + even)) + k * LN2_LOW - half + f + k * LN2_HIGH;
}

/** Returns e to the power of `x`. Below −708 the result is 0, which avoids denormal numbers. */
export function exp(x: number): number {
  if (x < -708) return 0;
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const rr = r * r;
  const c =
    r -
    rr *
      (0.16666666666666602 +
        rr *
          (-0.0027777777777015593 +
            rr *
              (6.613756321437934e-5 + rr * (-1.6533902205465252e-6 + rr * 4.1381367970572385e-8))));
  return (1 + ((r * c) / (2 - c) - low + high)) * 2 ** k;
}
