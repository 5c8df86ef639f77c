#include "simulator/stats/log_linear_histogram.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace quotacast::simulator {
namespace {

constexpr int kSubBuckets = 128;
constexpr int kSubBucketBits = 7;

}  // namespace

int LogLinearHistogram::BucketOf(int64_t value) {
  if (value < kSubBuckets) return static_cast<int>(value);
  const int shift = std::bit_width(static_cast<uint64_t>(value)) - (kSubBucketBits + 1);
  return (shift + 1) * kSubBuckets + static_cast<int>(value >> shift) - kSubBuckets;
}

int64_t LogLinearHistogram::LowerEdge(int bucket) {
  if (bucket < kSubBuckets) return bucket;
  const int shift = bucket / kSubBuckets - 1;
  return static_cast<int64_t>(kSubBuckets + bucket % kSubBuckets) << shift;
}

void LogLinearHistogram::Add(int64_t value) {
  if (value < 0) {
    std::fprintf(stderr, "LogLinearHistogram::Add: negative value %lld\n",
                 static_cast<long long>(value));
    std::abort();
  }
  ++count_;
  if (value == 0) {
    ++zero_count_;
    return;
  }
  const int bucket = BucketOf(value);
  if (counts_.empty()) {
    first_bucket_ = bucket;
  } else if (bucket < first_bucket_) {
    counts_.insert(counts_.begin(), static_cast<size_t>(first_bucket_ - bucket), 0);
    first_bucket_ = bucket;
  }
  const size_t index = static_cast<size_t>(bucket - first_bucket_);
  if (index >= counts_.size()) counts_.resize(index + 1, 0);
  ++counts_[index];
}

void LogLinearHistogram::Merge(const LogLinearHistogram& other) {
  count_ += other.count_;
  zero_count_ += other.zero_count_;
  if (other.counts_.empty()) return;
  if (counts_.empty()) {
    first_bucket_ = other.first_bucket_;
    counts_ = other.counts_;
    return;
  }
  const int first = std::min(first_bucket_, other.first_bucket_);
  const int end = std::max(first_bucket_ + static_cast<int>(counts_.size()),
                           other.first_bucket_ + static_cast<int>(other.counts_.size()));
  std::vector<uint32_t> merged(static_cast<size_t>(end - first), 0);
  for (size_t i = 0; i < counts_.size(); ++i) {
    merged[i + static_cast<size_t>(first_bucket_ - first)] += counts_[i];
  }
  for (size_t i = 0; i < other.counts_.size(); ++i) {
    merged[i + static_cast<size_t>(other.first_bucket_ - first)] += other.counts_[i];
  }
  first_bucket_ = first;
  counts_ = std::move(merged);
}

double LogLinearHistogram::Quantile(double probability) const {
  if (count_ == 0) return 0;
  const double wanted = probability * static_cast<double>(count_);
  int64_t seen = zero_count_;
  if (static_cast<double>(seen) >= wanted) return 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (counts_[i] == 0 || static_cast<double>(seen) < wanted) continue;
    const int bucket = first_bucket_ + static_cast<int>(i);
    const int64_t low = LowerEdge(bucket);
    const int64_t high = LowerEdge(bucket + 1) - 1;
    return static_cast<double>(low) + static_cast<double>(high - low) / 2;
  }
  return 0;  // Unreachable for probability <= 1: the counts add up to count_.
}

double LogLinearHistogram::ShareAtLeast(int64_t threshold) const {
  if (count_ == 0) return 0;
  if (threshold <= 0) return 1;
  const int bucket = BucketOf(threshold);
  double at_least = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    const int b = first_bucket_ + static_cast<int>(i);
    if (b < bucket) continue;
    if (b > bucket) {
      at_least += counts_[i];
      continue;
    }
    const double low = static_cast<double>(LowerEdge(b));
    const double end = static_cast<double>(LowerEdge(b + 1));
    at_least += counts_[i] * (end - static_cast<double>(threshold)) / (end - low);
  }
  return at_least / static_cast<double>(count_);
}

bool LogLinearHistogram::operator==(const LogLinearHistogram& other) const {
  // The first and last kept bucket hold a value, so equal contents have equal representations.
  return count_ == other.count_ && zero_count_ == other.zero_count_ && counts_ == other.counts_ &&
         (counts_.empty() || first_bucket_ == other.first_bucket_);
}

}  // namespace quotacast::simulator
