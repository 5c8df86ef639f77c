#include "simulator/exact/sum_transform.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kPi = 0x1.921fb54442d18p+1;
constexpr double kLogFold = -13.815510557964274;  // ln 10^-6: weight of what is folded back.

constexpr double kMaxWholePower = 1'024;

struct CosineSine {
  double cosine = 1;
  double sine = 0;
};
CosineSine CosineAndSine(double angle) {
  const double turns = std::floor(angle / (2 * kPi) + 0.5);
  const double reduced = angle - 2 * kPi * turns;
  const double positive = std::abs(reduced);
  const double sine = Cos(std::abs(0.5 * kPi - positive));
  return {Cos(positive), reduced < 0 ? -sine : sine};
}

// atan x by halving the angle three times; the series' error is below 1e-13.
double ArcTangent(double x) {
  for (int i = 0; i < 3; ++i) x /= 1 + std::sqrt(1 + x * x);
  const double square = x * x;
  double sum = 0;
  for (int n = 17; n >= 1; n -= 2) sum = 1.0 / n - square * sum;
  return 8 * x * sum;
}

}  // namespace

void Spectrum::AddScaled(double scale, const Spectrum& other) {
  for (size_t k = 0; k < real.size(); ++k) real[k] += scale * other.real[k];
  for (size_t k = 0; k < real.size(); ++k) imaginary[k] += scale * other.imaginary[k];
}

void Spectrum::MultiplyBy(const Spectrum& other) {
  for (size_t k = 0; k < real.size(); ++k) {
    const double re = real[k] * other.real[k] - imaginary[k] * other.imaginary[k];
    imaginary[k] = real[k] * other.imaginary[k] + imaginary[k] * other.real[k];
    real[k] = re;
  }
}

int SumTransform::SizeFor(int size) {
  int power = 1;
  while (power < size) power *= 2;
  return power;
}

SumTransform::SumTransform(int size) : size_(SizeFor(size)) {
  for (int n = 0; n < size_; ++n) {
    const CosineSine at = CosineAndSine(2 * kPi * n / size_);
    cosine_.push_back(at.cosine);
    sine_.push_back(at.sine);
    damping_.push_back(Exp(kLogFold * n / size_));
  }
}

// Cooley and Tukey: values in bit-reversed order, then pairs of ever larger halves.
void SumTransform::Transform(std::vector<double>* real, std::vector<double>* imaginary) const {
  const size_t n = static_cast<size_t>(size_);
  std::vector<double>& re = *real;
  std::vector<double>& im = *imaginary;
  for (size_t i = 1, reversed = 0; i < n; ++i) {
    size_t bit = n / 2;
    for (; (reversed & bit) != 0; bit /= 2) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) {
      std::swap(re[i], re[reversed]);
      std::swap(im[i], im[reversed]);
    }
  }
  for (size_t half = 1; half < n; half *= 2) {
    const size_t stride = n / (2 * half);
    for (size_t start = 0; start < n; start += 2 * half) {
      for (size_t k = 0; k < half; ++k) {
        const double c = cosine_[k * stride], s = sine_[k * stride];
        const size_t low = start + k, high = low + half;
        const double x = re[high] * c - im[high] * s;
        const double y = re[high] * s + im[high] * c;
        re[high] = re[low] - x;
        im[high] = im[low] - y;
        re[low] += x;
        im[low] += y;
      }
    }
  }
}

Spectrum SumTransform::Of(const SpreadAmount& amount) const {
  Spectrum spectrum(frequency_count());
  for (int i = 0; i < 3; ++i) {
    const int64_t node = amount.first + i;
    if (amount.weights[i] == 0 || node >= size_) continue;
    const double weight = amount.weights[i] * damping_[node];
    for (size_t k = 0; k < spectrum.size(); ++k) {
      const size_t angle = static_cast<size_t>(node) * k % size_;
      spectrum.real[k] += weight * cosine_[angle];
      spectrum.imaginary[k] += weight * sine_[angle];
    }
  }
  return spectrum;
}

Spectrum SumTransform::Of(const std::vector<double>& law) const {
  std::vector<double> real(size_, 0), imaginary(size_, 0);
  for (size_t n = 0; n < law.size(); ++n) real[n] = law[n] * damping_[n];
  Transform(&real, &imaginary);
  Spectrum spectrum;
  spectrum.real.assign(real.begin(), real.begin() + frequency_count());
  spectrum.imaginary.assign(imaginary.begin(), imaginary.begin() + frequency_count());
  return spectrum;
}

std::vector<double> SumTransform::Invert(const Spectrum& spectrum) const {
  // The law is real: transforming the conjugates gives it as well.
  std::vector<double> real = spectrum.real, imaginary = spectrum.imaginary;
  real.resize(size_);
  imaginary.resize(size_);
  for (size_t k = 0; k < frequency_count(); ++k) imaginary[k] = -imaginary[k];
  for (size_t k = frequency_count(); k < real.size(); ++k) {
    real[k] = spectrum.real[real.size() - k];
    imaginary[k] = spectrum.imaginary[real.size() - k];
  }
  Transform(&real, &imaginary);
  for (size_t n = 0; n < real.size(); ++n) real[n] /= size_ * damping_[n];
  return real;
}

SellerTransform::SellerTransform(const Seller& seller, const DealLaws& laws, const Lattice& lattice,
                                 const SumTransform& circle,
                                 const std::vector<Spectrum>& severities)
    : mix_(laws.mix), frequencies_(circle.frequency_count()) {
  own_.reserve(seller.deals.size());
  for (const DealPlan& deal : seller.deals) {
    if (deal.amount_minor_units.has_value()) {
      own_.push_back(circle.Of(
          SpreadOver(lattice, static_cast<double>(*deal.amount_minor_units), Spread::kQuadratic)));
    } else if (deal.revised >= 0) {
      own_.push_back(circle.Of(laws.AmountOf(deal).OnLattice(lattice, Spread::kQuadratic)));
    } else {
      deals_.push_back(&severities[deal.segment]);
      continue;
    }
    for (double& re : own_.back().real) re -= 1;
    deals_.push_back(&own_.back());
  }
  for (const CreationPlan& creation : seller.creation) {
    fresh_.push_back(&severities[creation.segment]);
  }
}

Spectrum SellerTransform::FreshTransform(const Spectrum& w) const {
  Spectrum result(frequencies_, 1);
  const auto multiply_by_exp = [&](size_t k, double log_modulus, double angle) {
    const double modulus = Exp(-log_modulus);
    const CosineSine at = CosineAndSine(angle);
    const double re = modulus * at.cosine, im = -modulus * at.sine;
    const double product = result.real[k] * re - result.imaginary[k] * im;
    result.imaginary[k] = result.real[k] * im + result.imaginary[k] * re;
    result.real[k] = product;
  };
  if (mix_.is_constant) {
    for (size_t k = 0; k < frequencies_; ++k) multiply_by_exp(k, w.real[k], w.imaginary[k]);
    return result;
  }
  // The base 1 / (1 + w / k), its whole power by squaring, and what is left of the exponent.
  Spectrum base(frequencies_);
  for (size_t k = 0; k < frequencies_; ++k) {
    const double re = 1 + w.real[k] / mix_.shape;
    const double im = w.imaginary[k] / mix_.shape;
    const double square = re * re + im * im;
    base.real[k] = re / square;
    base.imaginary[k] = -im / square;
  }
  const double whole = std::min(std::floor(mix_.shape), kMaxWholePower);
  const double rest = mix_.shape - whole;
  if (rest > 0) {
    for (size_t k = 0; k < frequencies_; ++k) {
      const double re = base.real[k], im = base.imaginary[k];
      multiply_by_exp(k, -0.5 * rest * Log(re * re + im * im), -rest * ArcTangent(im / re));
    }
  }
  for (int power = static_cast<int>(whole); power > 0; power /= 2) {
    if (power % 2 == 1) result.MultiplyBy(base);
    if (power > 1) base.MultiplyBy(Spectrum(base));
  }
  return result;
}

Spectrum SellerTransform::At(const WinChances& chances) const {
  Spectrum total(frequencies_, 1);
  Spectrum w(frequencies_);
  bool any = false;
  for (size_t i = 0; i < fresh_.size(); ++i) {
    if (chances.fresh[i] == 0) continue;
    any = true;
    w.AddScaled(-chances.fresh[i], *fresh_[i]);
  }
  if (any) total = FreshTransform(w);
  // Open deals: 1 + p (A(z) - 1).
  double* re = total.real.data();
  double* im = total.imaginary.data();
  for (size_t i = 0; i < deals_.size(); ++i) {
    const double p = chances.deals[i];
    if (p == 0) continue;
    const double* a = deals_[i]->real.data();
    const double* b = deals_[i]->imaginary.data();
    for (size_t k = 0; k < frequencies_; ++k) {
      const double x = 1 + p * a[k];
      const double y = p * b[k];
      const double product = re[k] * x - im[k] * y;
      im[k] = re[k] * y + im[k] * x;
      re[k] = product;
    }
  }
  return total;
}

}  // namespace quotacast::simulator
