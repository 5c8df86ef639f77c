#include "tools/gen/options.h"

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "tools/gen/days.h"

namespace quotacast::gen {
namespace {

constexpr int kFutureDays = 190;

}  // namespace

absl::Status CheckOptions(const CompanyOptions& options) {
  if (options.rep_count < 1 || options.rep_count > kMaxReps) {
    return InvalidField("reps", absl::StrCat(options.rep_count, " is not in 1 to ", kMaxReps));
  }
  const auto days = options.last_day - options.start;
  if (days < kMinHistoryDays || days > kMaxHistoryDays) {
    return InvalidField("last_day",
                        absl::StrCat(days, " days of history; between ", kMinHistoryDays, " and ",
                                     kMaxHistoryDays, " can be made"));
  }
  return absl::OkStatus();
}

absl::CivilDay Horizon(const CompanyOptions& options) { return options.last_day + kFutureDays; }

absl::CivilDay QuarterAtShare(const CompanyOptions& options, double share) {
  const auto days = static_cast<double>(options.last_day - options.start);
  const absl::CivilDay day = options.start + static_cast<int>(days * share);
  const absl::CivilDay first = QuarterStart(QuarterOf(day));
  return first == day ? day : QuarterStart(QuarterOf(day) + 1);
}

}  // namespace quotacast::gen
