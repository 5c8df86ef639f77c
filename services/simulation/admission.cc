#include "services/simulation/admission.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/errors.h"

namespace quotacast::simulation {
namespace {

constexpr double kRetrySecondsMin = 1;
constexpr double kRetrySecondsMax = 60;

}  // namespace

Admission::Admission(double deal_trials_max, double deal_trials_per_second)
    : deal_trials_max_(deal_trials_max), deal_trials_per_second_(deal_trials_per_second) {}

Admission::Ticket::Ticket(Ticket&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)), deal_trials_(other.deal_trials_) {}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->Release(deal_trials_);
}

absl::StatusOr<Admission::Ticket> Admission::Admit(double deal_trials, double trials,
                                                   std::string_view field) {
  if (deal_trials > deal_trials_max_) {
    const double fitting = std::floor(trials * (deal_trials_max_ / deal_trials));
    return InvalidField(
        field,
        absl::StrFormat("%.0f trials of this pipeline cost %.2g deal-trials; this server runs at "
                        "most %.2g at once; at most %.0f trials fit",
                        trials, deal_trials, deal_trials_max_, fitting));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (deal_trials_running_ + deal_trials > deal_trials_max_) {
    const double seconds = std::clamp(deal_trials_running_ / deal_trials_per_second_,
                                      kRetrySecondsMin, kRetrySecondsMax);
    return Overloaded(
        absl::StrFormat("the request costs about %.2g deal-trials, %.2g are running and this "
                        "server runs at most %.2g at once",
                        deal_trials, deal_trials_running_, deal_trials_max_),
        absl::Seconds(std::ceil(seconds)));
  }
  deal_trials_running_ += deal_trials;
  return Ticket(this, deal_trials);
}

double Admission::deal_trials_running() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return deal_trials_running_;
}

void Admission::Release(double deal_trials) {
  std::lock_guard<std::mutex> lock(mutex_);
  // Never below zero, whatever the rounding of sums and differences.
  deal_trials_running_ = std::max(0.0, deal_trials_running_ - deal_trials);
}

}  // namespace quotacast::simulation
