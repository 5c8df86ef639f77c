// Transcendental functions from + - * / and sqrt only. IEEE 754 fixes those operations bit by bit,
// so with -ffp-contract=off the results are the same on every x86-64 machine and compiler; libm's
// are not (glibc picks another implementation per CPU). Every table of the engine uses these.
//
// All are pure. Errors are bounds that the tests check against libm.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DETERMINISTIC_MATH_H_
#define QUOTACAST_SIMULATOR_ENGINE_DETERMINISTIC_MATH_H_

namespace quotacast::simulator {

// e^x, relative error below 1e-15; 0 below -745, infinity above 709.7. Exp(0) is exactly 1.
double Exp(double x);

// ln x for x >= 0, relative error below 1e-14 (absolute 1e-16 near 1); -infinity at 0.
// Log(1) is exactly 0.
double Log(double x);

// x^y for x > 0, relative error below 1e-13 while |y ln x| < 100.
double Power(double x, double y);

// cos x for x in [0, pi], absolute error below 1e-15.
double Cos(double x);

// ln Gamma(x) for x > 0, absolute error below 1e-13 * max(1, result).
double LogGamma(double x);

// Standard normal density, and its distribution function with relative error below 1e-13 down to
// x = -37. Exactly 0 below -40 and exactly 1 above 9.
double NormalDensity(double x);
double NormalCdf(double x);

// Inverse of NormalCdf for p in (0, 1): Wichura's AS 241 (Applied Statistics, 1988), relative
// error below 1e-13. -infinity at 0, infinity at 1.
double NormalQuantile(double p);

// Regularised lower incomplete gamma function P(shape, x), shape > 0, x >= 0. Absolute error below
// 1e-12 for shapes up to 1e4.
double GammaCdf(double shape, double x);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DETERMINISTIC_MATH_H_
