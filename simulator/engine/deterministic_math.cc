#include "simulator/engine/deterministic_math.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace quotacast::simulator {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// ln 2 in two parts: the first has 20 trailing zero bits, so that k * kLn2High is exact for any
// exponent k.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
constexpr double kPi = 0x1.921fb54442d18p+1;
constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;
constexpr double kInverseSqrtTwoPi = 0.398942280401432677939946059934;
constexpr double kSqrt32 = 5.656854249492380195206754896838;

// 2^k for k in [-1022, 1023].
double PowerOfTwo(int k) { return std::bit_cast<double>(static_cast<uint64_t>(k + 1023) << 52); }

template <int N>
double Polynomial(const double (&coefficients)[N], double x) {  // Lowest power first.
  double value = coefficients[N - 1];
  for (int i = N - 2; i >= 0; --i) value = value * x + coefficients[i];
  return value;
}

// Upper tail of the normal distribution for x >= 0.67448975, after W. J. Cody, "Rational Chebyshev
// approximations for the error function" (Math. Comp. 1969) and his ANORM (TOMS 715).
double UpperTail(double x) {
  if (x > 40) return 0;
  double ratio;
  if (x <= kSqrt32) {
    static constexpr double kC[9] = {
        .39894151208813466764, 8.8831497943883759412, 93.506656132177855979,
        597.27027639480026226, 2494.5375852903726711, 6848.1904505362823326,
        11602.651437647350124, 9842.7148383839780218, 1.0765576773720192317e-8};
    static constexpr double kD[8] = {
        22.266688044328115691, 235.38790178262499861, 1519.377599407554805,  6485.558298266760755,
        18615.571640885098091, 34900.952721145977266, 38912.003286093271411, 19685.429676859990727};
    double numerator = kC[8] * x;
    double denominator = x;
    for (int i = 0; i < 7; ++i) {
      numerator = (numerator + kC[i]) * x;
      denominator = (denominator + kD[i]) * x;
    }
    ratio = (numerator + kC[7]) / (denominator + kD[7]);
  } else {
    static constexpr double kP[6] = {.21589853405795699,    .1274011611602473639,
                                     .022235277870649807,   .001421619193227893466,
                                     2.9112874951168792e-5, .02307344176494017303};
    static constexpr double kQ[5] = {1.28426009614491121, .468238212480865118, .0659881378689285515,
                                     .00378239633202758244, 7.29751555083966205e-5};
    const double inverse_square = 1 / (x * x);
    double numerator = kP[5] * inverse_square;
    double denominator = inverse_square;
    for (int i = 0; i < 4; ++i) {
      numerator = (numerator + kP[i]) * inverse_square;
      denominator = (denominator + kQ[i]) * inverse_square;
    }
    ratio = inverse_square * (numerator + kP[4]) / (denominator + kQ[4]);
    ratio = (kInverseSqrtTwoPi - ratio) / x;
  }
  // e^(-x^2/2) with x split at a multiple of 1/16, whose square is exact.
  const double coarse = std::floor(x * 16) / 16;
  const double rest = (x - coarse) * (x + coarse);
  return Exp(-coarse * coarse * 0.5) * Exp(-rest * 0.5) * ratio;
}

}  // namespace

double Exp(double x) {
  if (x != x) return x;
  if (x > 709.78) return kInfinity;
  if (x < -745.2) return 0;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  // Taylor series; |r| <= 0.347, so the first term left out is below 5e-18. Summed in pairs
  // (Estrin's scheme), because Horner's chain of thirteen dependent steps takes three times as
  // long.
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double low = (1 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
  const double middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
  const double high = (1.0 / 40320 + r * (1.0 / 362880)) +
                      r2 * (1.0 / 3628800 + r * (1.0 / 39916800)) +
                      r4 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
  const double value = low + r4 * (middle + r4 * high);
  const int exponent = static_cast<int>(k);
  if (exponent > 1023) return value * 2 * PowerOfTwo(exponent - 1);
  if (exponent >= -1022) return value * PowerOfTwo(exponent);
  return value * PowerOfTwo(exponent + 64) * 0x1p-64;  // Subnormal.
}

double Log(double x) {
  if (x != x || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -kInfinity;
  if (x == kInfinity) return x;
  int exponent = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p64;
    exponent = -64;
  }
  uint64_t bits = std::bit_cast<uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
  double mantissa = std::bit_cast<double>(bits);  // [1, 2).
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh f with f = (m - 1) / (m + 1), |f| <= 0.1716; the series to f^23.
  const double f = (mantissa - 1) / (mantissa + 1);
  const double square = f * f;
  static constexpr double kSeries[11] = {1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11, 1.0 / 13,
                                         1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};
  const double tail = 2 * f * square * Polynomial(kSeries, square);
  const double k = exponent;
  return k * kLn2High + (2 * f + (tail + k * kLn2Low));
}

double Power(double x, double y) { return Exp(y * Log(x)); }

double Cos(double x) {
  const bool flip = x > kPi / 2;
  // Subtracting in two parts keeps the zero at pi / 2 accurate.
  const double y = flip ? (kPi - x) + 1.2246467991473532e-16 : x;
  const double square = y * y;
  double term = 1;
  double sum = 0;
  for (int i = 1; i <= 13; ++i) {
    sum += term;
    term *= -square / ((2.0 * i - 1) * (2.0 * i));
  }
  return flip ? -sum : sum;
}

double LogGamma(double x) {
  // Stirling's series after shifting the argument to at least 12, where ten terms are exact.
  double shift = 1;
  while (x < 12) {
    shift *= x;
    x += 1;
  }
  static constexpr double kStirling[8] = {1.0 / 12,    -1.0 / 360,      1.0 / 1260,
                                          -1.0 / 1680, 1.0 / 1188,      -691.0 / 360360,
                                          1.0 / 156,   -3617.0 / 122400};
  const double inverse = 1 / x;
  const double series = inverse * Polynomial(kStirling, inverse * inverse);
  return (x - 0.5) * Log(x) - x + kHalfLogTwoPi + series - Log(shift);
}

double NormalDensity(double x) { return kInverseSqrtTwoPi * Exp(-0.5 * x * x); }

double NormalCdf(double x) {
  const double magnitude = x < 0 ? -x : x;
  if (magnitude <= 0.67448975) {
    static constexpr double kA[5] = {2.2352520354606839287, 161.02823106855587881,
                                     1067.6894854603709582, 18154.981253343561249,
                                     .065682337918207449113};
    static constexpr double kB[4] = {47.20258190468824187, 976.09855173777669322,
                                     10260.932208618978205, 45507.789335026729956};
    const double square = x * x;
    double numerator = kA[4] * square;
    double denominator = square;
    for (int i = 0; i < 3; ++i) {
      numerator = (numerator + kA[i]) * square;
      denominator = (denominator + kB[i]) * square;
    }
    return 0.5 + x * (numerator + kA[3]) / (denominator + kB[3]);
  }
  if (x > 9) return 1;
  return x < 0 ? UpperTail(magnitude) : 1 - UpperTail(magnitude);
}

double NormalQuantile(double p) {
  if (p <= 0) return -kInfinity;
  if (p >= 1) return kInfinity;
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    static constexpr double kA[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                     1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                     4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                     3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static constexpr double kB[8] = {1,
                                     4.2313330701600911252e+1,
                                     6.8718700749205790830e+2,
                                     5.3941960214247511077e+3,
                                     2.1213794301586595867e+4,
                                     3.9307895800092710610e+4,
                                     2.8729085735721942674e+4,
                                     5.2264952788528545610e+3};
    const double r = 0.180625 - q * q;
    return q * Polynomial(kA, r) / Polynomial(kB, r);
  }
  double r = std::sqrt(-Log(q < 0 ? p : 1 - p));
  double value;
  if (r <= 5) {
    static constexpr double kC[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                     5.76949722146069140550e0,  3.64784832476320460504e0,
                                     1.27045825245236838258e0,  2.41780725177450611770e-1,
                                     2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static constexpr double kD[8] = {1,
                                     2.05319162663775882187e0,
                                     1.67638483018380384940e0,
                                     6.89767334985100004550e-1,
                                     1.48103976427480074590e-1,
                                     1.51986665636164571966e-2,
                                     5.47593808499534494600e-4,
                                     1.05075007164441684324e-9};
    r -= 1.6;
    value = Polynomial(kC, r) / Polynomial(kD, r);
  } else {
    static constexpr double kE[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                     1.78482653991729133580e0,  2.96560571828504891230e-1,
                                     2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                     2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static constexpr double kF[8] = {1,
                                     5.99832206555887937690e-1,
                                     1.36929880922735805310e-1,
                                     1.48753612908506148525e-2,
                                     7.86869131145613259100e-4,
                                     1.84631831751005468180e-5,
                                     1.42151175831644588870e-7,
                                     2.04426310338993978564e-15};
    r -= 5;
    value = Polynomial(kE, r) / Polynomial(kF, r);
  }
  return q < 0 ? -value : value;
}

double GammaCdf(double shape, double x) {
  if (x <= 0) return 0;
  const double factor = Exp(shape * Log(x) - x - LogGamma(shape));
  if (x < shape + 1) {
    // Series x^a e^-x / Gamma(a) * sum x^n / (a (a+1) ... (a+n)).
    double term = 1 / shape;
    double sum = term;
    for (int n = 1; n < 10'000; ++n) {
      term *= x / (shape + n);
      sum += term;
      if (term < sum * 1e-17) break;
    }
    return factor * sum;
  }
  // Continued fraction of the upper function by Lentz's method.
  constexpr double kTiny = 1e-300;
  double b = x + 1 - shape;
  double c = 1 / kTiny;
  double d = 1 / b;
  double fraction = d;
  for (int n = 1; n < 10'000; ++n) {
    const double a = -n * (n - shape);
    b += 2;
    d = a * d + b;
    if (d < kTiny && d > -kTiny) d = kTiny;
    c = b + a / c;
    if (c < kTiny && c > -kTiny) c = kTiny;
    d = 1 / d;
    const double step = d * c;
    fraction *= step;
    if (step - 1 < 1e-16 && step - 1 > -1e-16) break;
  }
  return 1 - factor * fraction;
}

}  // namespace quotacast::simulator
