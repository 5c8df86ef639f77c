// Laws of sums of many people's bookings by generating functions: the transform of a sum is the
// product of the transforms, and a mixture's is the average.
//
// With A(z) = sum_n f(n) z^n known on the circle |z| = r < 1, f follows from N values by the
// inverse discrete Fourier transform (J. Abate, W. Whitt, "Numerical inversion of probability
// generating functions", OR Letters 12, 1992). What lies beyond the lattice's N nodes is folded
// back with a weight of r^N = 10^-6; rounding costs up to 10^-10 in absolute terms, so small
// probabilities are absolute figures, not relative ones.
#ifndef QUOTACAST_SIMULATOR_EXACT_SUM_TRANSFORM_H_
#define QUOTACAST_SIMULATOR_EXACT_SUM_TRANSFORM_H_

#include <cstddef>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/exact/amount_law.h"
#include "simulator/exact/compound_law.h"
#include "simulator/exact/win_chances.h"

namespace quotacast::simulator {

// Values at the frequencies of a SumTransform; the other half are their conjugates.
struct Spectrum {
  std::vector<double> real;
  std::vector<double> imaginary;

  explicit Spectrum(size_t size = 0, double value = 0) : real(size, value), imaginary(size, 0) {}
  size_t size() const { return real.size(); }
  void AddScaled(double scale, const Spectrum& other);
  void MultiplyBy(const Spectrum& other);
};

// The circle for one lattice. Immutable and thread-safe.
class SumTransform {
 public:
  // At least `size` nodes: the next power of two.
  explicit SumTransform(int size);

  // The power of two for `size`.
  static int SizeFor(int size);

  int size() const { return size_; }
  size_t frequency_count() const { return static_cast<size_t>(size_ / 2 + 1); }

  Spectrum Of(const SpreadAmount& amount) const;
  Spectrum Of(const std::vector<double>& law) const;  // At most size() values.
  // The law whose transform this is: size() masses.
  std::vector<double> Invert(const Spectrum& spectrum) const;

 private:
  // The discrete Fourier transform of size() complex values, in place, with e^{+i}.
  void Transform(std::vector<double>* real, std::vector<double>* imaginary) const;

  int size_;
  std::vector<double> cosine_, sine_;  // Of 2 pi n / size.
  std::vector<double> damping_;        // r^n.
};

// One person's transforms on a lattice with quadratic spread.
class SellerTransform {
 public:
  // `severities`: the transform of each segment's amounts on the lattice, minus 1; must outlive
  // this. Segments that the seller has no deals of may be empty.
  SellerTransform(const Seller& seller, const DealLaws& laws, const Lattice& lattice,
                  const SumTransform& circle, const std::vector<Spectrum>& severities);

  // The transform of what is won, given the shift.
  Spectrum At(const WinChances& chances) const;

 private:
  // Of new pipeline: with w = sum_g L_g (1 - A_g(z)), exp(-w), or (1 + w / k)^-k when mixed.
  Spectrum FreshTransform(const Spectrum& w) const;

  CreationMix mix_;
  size_t frequencies_;
  std::vector<const Spectrum*> fresh_;  // By Seller::creation.
  std::vector<Spectrum> own_;           // By open deal with a stated amount, minus 1.
  std::vector<const Spectrum*> deals_;  // By open deal.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_SUM_TRANSFORM_H_
