// What validation shares: a list of what is wrong, and plausibility limits. Internal to the model.
#ifndef QUOTACAST_SIMULATOR_MODEL_VIOLATIONS_H_
#define QUOTACAST_SIMULATOR_MODEL_VIOLATIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// A wrong file can be wrong in a million places; nobody reads more than a screen of them.
inline constexpr size_t kMaxViolations = 20;

// Plausibility limits. They keep integer sums inside int64 and shifts inside the tables.
inline constexpr double kMaxExitRatePerDay = 1'000;
inline constexpr double kMaxSd = 2;
inline constexpr double kMaxEffect = 5;
inline constexpr double kMaxRepVariance = 4;
inline constexpr double kMaxLogFactor = 5;
inline constexpr double kMaxAttritionPerYear = 20;
inline constexpr double kMaxChurnPerYear = 100;
inline constexpr double kMaxLogSd = 5;
inline constexpr double kMinMixShape = 0.01;
inline constexpr int64_t kMaxBookedMinorUnits = 200'000'000'000'000;  // 2 * 10^14 per person.
inline constexpr int kMaxAgeBins = 64;
inline constexpr int kMaxAgeDays = 100'000;

// Collects what is wrong, with the path of the field and its value.
class Violations {
 public:
  bool full() const { return violations_.size() >= kMaxViolations; }

  template <typename Value>
  void Check(bool ok, const std::string& field, const Value& value, const std::string& want) {
    if (ok || full()) return;
    violations_.push_back({field, absl::StrCat("is ", value, "; want ", want)});
  }

  // A finite number in [low, high]; NaN fails every comparison.
  void Range(double value, double low, double high, const std::string& field) {
    Check(value >= low && value <= high, field, value,
          absl::StrCat("a number in [", low, ", ", high, "]"));
  }

  void Size(size_t size, size_t want, const std::string& field) {
    Check(size == want, field, absl::StrCat("of size ", size), absl::StrCat("size ", want));
  }

  absl::Status Result() && {
    if (violations_.empty()) return absl::OkStatus();
    return InvalidFields(std::move(violations_));
  }

 private:
  std::vector<FieldViolation> violations_;
};

// `path` names the list, one quota per period.
inline void CheckQuotas(const std::vector<std::optional<int64_t>>& quotas, size_t periods,
                        const std::string& path, Violations& violations) {
  violations.Size(quotas.size(), periods, path);
  for (size_t p = 0; p < quotas.size() && !violations.full(); ++p) {
    if (!quotas[p].has_value()) continue;
    violations.Check(*quotas[p] >= 0 && *quotas[p] <= kMaxQuotaMinorUnits,
                     absl::StrCat(path, "[", p, "]"), *quotas[p], "0 to 10^15 minor units");
  }
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_VIOLATIONS_H_
