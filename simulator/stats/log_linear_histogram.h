// A histogram of non-negative integers with bounded relative error that merges exactly.
//
// Values below 128 have a bucket each; above, every octave [2^e, 2^(e+1)) has 128 equal buckets,
// so a bucket is at most 1/128 of its values wide (the scheme of HdrHistogram; the same guarantee
// as DDSketch by Masson, Rim and Lee, VLDB 2019, but in integers).
#ifndef QUOTACAST_SIMULATOR_STATS_LOG_LINEAR_HISTOGRAM_H_
#define QUOTACAST_SIMULATOR_STATS_LOG_LINEAR_HISTOGRAM_H_

#include <cstdint>
#include <vector>

namespace quotacast::simulator {

// Not thread-safe. Memory: 4 bytes per bucket between the smallest and the largest value seen;
// zeros apart.
class LogLinearHistogram {
 public:
  // `value` >= 0; a negative one is a broken invariant and aborts.
  void Add(int64_t value);

  // Adds the other's counts. Commutative and associative, exactly.
  void Merge(const LogLinearHistogram& other);

  int64_t count() const { return count_; }

  // The smallest x such that at least probability * count values are <= x, as the midpoint of
  // its bucket. `probability` in (0, 1]; 0 without values.
  double Quantile(double probability) const;

  // Share of values >= `threshold`, interpolating linearly inside the threshold's bucket.
  double ShareAtLeast(int64_t threshold) const;

  bool operator==(const LogLinearHistogram& other) const;

  // Bucket that holds `value`, and the smallest value of a bucket. Exposed for tests.
  static int BucketOf(int64_t value);
  static int64_t LowerEdge(int bucket);

 private:
  int64_t count_ = 0;
  int64_t zero_count_ = 0;
  int first_bucket_ = 0;  // Bucket of counts_[0]; meaningful when counts_ is not empty.
  std::vector<uint32_t> counts_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_LOG_LINEAR_HISTOGRAM_H_
