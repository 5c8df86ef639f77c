// Count, sum and sum of squares of integers, exact and mergeable in any order.
#ifndef QUOTACAST_SIMULATOR_STATS_EXACT_MOMENTS_H_
#define QUOTACAST_SIMULATOR_STATS_EXACT_MOMENTS_H_

#include <cstdint>

namespace quotacast::simulator {

// Moments of int64 values. Exact while the sum fits int64 and the squares 128 bits, which holds
// for 10^7 values below 10^15 in magnitude whose sum stays below 9 * 10^18. Not thread-safe.
struct ExactMoments {
  int64_t count = 0;
  int64_t sum = 0;
  unsigned __int128 squares = 0;

  void Add(int64_t value) {
    ++count;
    sum += value;
    squares += static_cast<unsigned __int128>(static_cast<__int128>(value) * value);
  }

  void Merge(const ExactMoments& other) {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
  }

  // 0 without values.
  double Mean() const;

  // Sum of squared deviations from the mean, computed in integers about the rounded mean, so
  // nothing cancels. 0 without values.
  double CentredSquares() const;

  // Variance with divisor count - 1; 0 for fewer than two values.
  double Variance() const;

  bool operator==(const ExactMoments&) const = default;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_EXACT_MOMENTS_H_
