// Counts how open deals and people go together with the organisation's last period: what drivers
// are found from. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DRIVER_TALLY_H_
#define QUOTACAST_SIMULATOR_ENGINE_DRIVER_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/engine/blueprint.h"
#include "simulator/engine/partial.h"

namespace quotacast::simulator {

// What one batch of trials did to the deals in PlanShape::driver_deals. A deal's fate is known long
// before the organisation's total, so it is kept per trial until the batch ends: a bit, and the
// amount, 8 bytes per deal and trial of the batch. Does nothing unless the plan counts drivers. Not
// thread-safe.
class DriverTally {
 public:
  explicit DriverTally(const Blueprint& plan);

  bool counts() const { return counts_; }

  // Forgets the batch.
  void Clear();

  // Deal number `driver` of PlanShape::driver_deals is won at this step in trial `lane` of the
  // batch, at most once. Wins before the last period are none of it.
  void AddWin(int driver, int step, int lane, int64_t amount) {
    if (driver < 0 || step < first_step_) return;
    const size_t deal = static_cast<size_t>(driver);
    won_[deal * words_ + static_cast<size_t>(lane) / 64] |= uint64_t{1} << (lane % 64);
    amounts_[deal * lanes_ + static_cast<size_t>(lane)] = amount;
  }

  // What line `entity`, a person's, won in the last period, [lane]. Each person once.
  void AddPerson(int entity, const int64_t* won);

  // The batch is complete; `org_won` is what all won in the last period, [lane].
  void Close(const int64_t* org_won, int draw, Partial* into) const;

 private:
  const bool counts_;
  const size_t lanes_;
  const size_t words_;  // Of 64 trials, per deal.
  const int draw_count_;
  const int first_person_;           // Position of the first person's line.
  const int first_step_;             // Of the last period.
  const int64_t wanted_;             // Of the org in the last period; Seller::kNoQuota.
  std::vector<uint64_t> won_;        // [deal][word], a bit per lane.
  std::vector<int64_t> amounts_;     // [deal][lane]; meaningful where the bit is set.
  std::vector<int64_t> person_won_;  // [person][lane].
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DRIVER_TALLY_H_
