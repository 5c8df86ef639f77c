// Admission by cost: a server that accepts more simulation than it can do serves nobody.
#ifndef QUOTACAST_SERVICES_SIMULATION_ADMISSION_H_
#define QUOTACAST_SERVICES_SIMULATION_ADMISSION_H_

#include <mutex>
#include <string_view>

#include "absl/status/statusor.h"

namespace quotacast::simulation {

// Cost is counted in deal-trials: trials times the deals whose fate one trial decides.
class Admission {
 public:
  // Accepts work while the sum of what runs stays at or below `deal_trials_max`.
  // `deal_trials_per_second` is a rough speed of the machine; it only shapes the retry hint.
  Admission(double deal_trials_max, double deal_trials_per_second);

  // A place taken; given back when destroyed.
  class Ticket {
   public:
    Ticket(Admission* admission, double deal_trials)
        : admission_(admission), deal_trials_(deal_trials) {}
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    Ticket(const Ticket&) = delete;
    ~Ticket();

   private:
    Admission* admission_;
    double deal_trials_;
  };

  // Takes a place. RESOURCE_EXHAUSTED (OVERLOADED) with the estimate and a retry hint while other
  // work runs; INVALID_ARGUMENT (INVALID_FIELD `field`) when even an idle server would not accept
  // it, naming the largest number of trials that fits, `trials` being the ones asked for.
  absl::StatusOr<Ticket> Admit(double deal_trials, double trials,
                               std::string_view field = "spec.trial_count");

  double deal_trials_running() const;

 private:
  void Release(double deal_trials);

  const double deal_trials_max_;
  const double deal_trials_per_second_;
  mutable std::mutex mutex_;
  double deal_trials_running_ = 0;  // Guarded by mutex_.
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_ADMISSION_H_
