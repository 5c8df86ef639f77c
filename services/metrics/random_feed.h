// Random feeds for tests: facts of opportunities that are corrected, repeated, retracted, deleted,
// restored, merged, reopened and undated, and stages that change their meaning; when asked for,
// also facts of everything else. Each seed gives one feed.
#ifndef QUOTACAST_SERVICES_METRICS_RANDOM_FEED_H_
#define QUOTACAST_SERVICES_METRICS_RANDOM_FEED_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {

class RandomFeed {
 public:
  // `with_company`: also reps, teams, products, accounts, quotas, calendars and records.
  explicit RandomFeed(uint32_t seed, bool with_company = false);

  const TestFeed& feed() const { return feed_; }
  // Further draws from the same seed. Below: 0 to limit - 1. Chance: one in `of`.
  int Below(int limit);
  bool Chance(int of) { return Below(of) == 0; }
  // A day of the facts, which lie within 200 days.
  absl::CivilDay AnyDay();

 private:
  void AddEvent(int number);
  void AddCompanyEvent(int number);

  const uint64_t seed_;
  uint64_t draw_count_ = 0;
  TestFeed feed_;
  std::vector<std::pair<std::string, std::string>> said_;  // Deal and version.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_RANDOM_FEED_H_
