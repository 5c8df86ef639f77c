#include "simulator/exact/compound_law.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

// The recursion starts from P(sum = 0), which must not underflow.
constexpr double kMaxLogZero = 500;

// to[0, size) += a * from[0, size): vectorises without reordering any sum.
void AddScaled(double* to, double a, const double* from, size_t size) {
  for (size_t i = 0; i < size; ++i) to[i] += a * from[i];
}

// Sums of several products per node cost less than as many passes over the nodes.
constexpr size_t kBlock = 4;

// to[n] += a[k] x[n - k] + b[k] y[n - k] for k = 0, 1, 2, 3 in this order and n in [0, size).
void AddBlock(double* to, const double* a, const double* x, const double* b, const double* y,
              size_t size) {
  for (size_t n = 0; n < size; ++n) {
    double sum = to[n];
    sum += a[0] * x[n] + b[0] * y[n];
    sum += a[1] * *(x + n - 1) + b[1] * *(y + n - 1);
    sum += a[2] * *(x + n - 2) + b[2] * *(y + n - 2);
    sum += a[3] * *(x + n - 3) + b[3] * *(y + n - 3);
    to[n] = sum;
  }
}
// The same of one product.
void AddBlock(double* to, const double* a, const double* x, size_t size) {
  for (size_t n = 0; n < size; ++n) {
    double sum = to[n];
    sum += a[0] * x[n];
    sum += a[1] * *(x + n - 1);
    sum += a[2] * *(x + n - 2);
    sum += a[3] * *(x + n - 3);
    to[n] = sum;
  }
}

// -ln P(sum = 0).
double LogZero(double count, const CreationMix& mix, double zero) {
  if (mix.is_constant) return count * (1 - zero);
  return mix.shape * Log(1 + count / mix.shape * (1 - zero));
}

}  // namespace

void CompoundLaw(double expected_count, const CreationMix& mix, const std::vector<double>& severity,
                 std::vector<double>* law) {
  const size_t size = severity.size();
  law->assign(size, 0);
  if (expected_count <= 0) {
    (*law)[0] = 1;
    return;
  }
  // Both laws are infinitely divisible: too large a sum is made of two halves, and so on.
  double count = expected_count;
  CreationMix part = mix;
  int halvings = 0;
  while (LogZero(count, part, severity[0]) > kMaxLogZero) {
    count /= 2;
    part.shape /= 2;
    ++halvings;
  }
  const double a = part.is_constant ? 0 : count / (count + part.shape);
  const double slope = part.is_constant ? count : part.shape * a;  // a + b.
  // With j = n - (n - j), n s(n) (1 - a f(0)) = sum_j f(j) a (n - j) s(n - j) + (a + b) j f(j)
  // s(n - j): each s(i), once known, is added to all that follow.
  std::vector<double> weighted(size);
  for (size_t j = 0; j < size; ++j) weighted[j] = slope * static_cast<double>(j) * severity[j];
  std::vector<double>& s = *law;
  s[0] = Exp(-LogZero(count, part, severity[0]));
  const double scale = 1 / (1 - a * severity[0]);
  double onwards[kBlock], back[kBlock];
  for (size_t first = 0; first < size; first += kBlock) {
    const size_t end = std::min(first + kBlock, size);
    for (size_t i = first; i < end; ++i) {
      if (i > 0) s[i] *= scale / static_cast<double>(i);
      onwards[i - first] = s[i];
      back[i - first] = a * static_cast<double>(i) * s[i];
      for (size_t n = i + 1; n < end; ++n) {
        s[n] += onwards[i - first] * weighted[n - i] + back[i - first] * severity[n - i];
      }
    }
    if (end < size) {
      AddBlock(&s[end], onwards, &weighted[kBlock], back, &severity[kBlock], size - end);
    }
  }
  for (; halvings > 0; --halvings) {
    std::vector<double> twice(size, 0);
    for (size_t i = 0; i < size; ++i) AddScaled(&twice[i], s[i], s.data(), size - i);
    s = std::move(twice);
  }
}

void AddDeal(double probability, const SpreadAmount& amount, std::vector<double>* law,
             std::vector<double>* scratch) {
  if (probability == 0) return;
  const size_t size = law->size();
  scratch->resize(size);
  const double* from = law->data();
  double* to = scratch->data();
  const double lost = 1 - probability;
  const double weights[3] = {probability * amount.weights[0], probability * amount.weights[1],
                             probability * amount.weights[2]};
  // Nodes that the deal cannot reach, those that not all of its nodes can, and the rest.
  const size_t first = static_cast<size_t>(std::min<int64_t>(amount.first, size));
  const size_t full = std::min(first + 2, size);
  for (size_t n = 0; n < first; ++n) to[n] = lost * from[n];
  for (size_t n = first; n < full; ++n) {
    to[n] = lost * from[n];
    for (size_t i = 0; i <= n - first; ++i) to[n] += weights[i] * from[n - first - i];
  }
  if (weights[2] == 0) {
    for (size_t n = full; n < size; ++n) {
      to[n] = lost * from[n] + weights[0] * from[n - first] + weights[1] * from[n - first - 1];
    }
  } else {
    for (size_t n = full; n < size; ++n) {
      to[n] = lost * from[n] + weights[0] * from[n - first] + weights[1] * from[n - first - 1] +
              weights[2] * from[n - first - 2];
    }
  }
  law->swap(*scratch);
}

void AddDeal(double probability, const std::vector<double>& severity, std::vector<double>* law,
             std::vector<double>* scratch) {
  if (probability == 0) return;
  const size_t size = law->size();
  scratch->assign(size, 0);
  double* to = scratch->data();
  AddScaled(to, 1 - probability, law->data(), size);
  double won[kBlock];
  for (size_t first = 0; first < size; first += kBlock) {
    const size_t end = std::min(first + kBlock, size);
    for (size_t i = first; i < end; ++i) {
      won[i - first] = probability * (*law)[i];
      for (size_t n = i; n < end; ++n) to[n] += won[i - first] * severity[n - i];
    }
    if (end < size) AddBlock(to + end, won, &severity[kBlock], size - end);
  }
  law->swap(*scratch);
}

}  // namespace quotacast::simulator
