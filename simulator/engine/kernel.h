// Simulates batches of trials: lanes are trials, people inside, deals inside people. Internal to
// the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_KERNEL_H_
#define QUOTACAST_SIMULATOR_ENGINE_KERNEL_H_

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/engine/driver_tally.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/workload.h"

namespace quotacast::simulator {

// Scratch space of one thread. Not thread-safe; make one per thread.
class Kernel {
 public:
  // `plan` must outlive the kernel.
  explicit Kernel(const Blueprint& plan);

  // Adds batch `batch`, simulated under `draw` whose tables are `tables`, to `into`. Polls
  // `cancel` within the batch when it is long; false when cancelled, and then `into` holds a part
  // of the batch and must be thrown away.
  bool SimulateBatch(const DrawTables& tables, int draw, int64_t batch, const CancelCheck& cancel,
                     Partial* into);

 private:
  // A block of the generator serves this many consecutive trials of one entity.
  static constexpr int kBlockTrials = 4;

  // Uniforms of `lanes_` consecutive trials for one entity, purpose and index.
  void Uniforms(uint64_t entity_id, RandomPurpose purpose, uint32_t index, double* uniforms) const;
  // The table of a deal in a lane: `table` where the seller stays, else one of
  // `slots` of `left`.
  const TableSlot& SlotOf(const Seller& seller, std::vector<TableSlot> LeftPlan::*slots,
                          size_t position, const TableSlot& table, int lane) const {
    return left_[lane] == -1 ? table : (seller.left[left_[lane]].*slots)[position];
  }
  double LaneUniform(uint64_t entity_id, RandomPurpose purpose, uint32_t index, int lane) const;

  // Counts work, in deal-trials, and polls when enough has been done; true once cancelled.
  bool CancelledAfter(int64_t work);

  void DrawFactors(const DrawTables& tables);
  void DrawShift(const Seller& seller, const DrawTables& tables);
  // Finds from when on a seller who leaves at random is missing, per lane.
  void DrawDeparture(int position, const DrawTables& tables);
  void SimulateOpenDeals(const Seller& seller, const DrawTables& tables);
  int64_t AmountOf(const DealPlan& deal, const DrawTables& tables, int lane) const;
  void DrawMix(const Seller& seller);
  void SimulateNewDeals(const Seller& seller, const DrawTables& tables);
  void SimulateNewDealsOfPeriod(const Seller& seller, size_t position, const DrawTables& tables,
                                double rate, int period);
  // Wins of those who come for the seller where the seller has left.
  void SimulateBackfill(const Seller& seller, const DrawTables& tables);
  void BackfillLane(const Seller& seller, const DrawTables& tables, int lane, double t, double mix);
  // Open and new deals of a seller whose deals are followed one by one (capacity_kernel.cc).
  void SimulateDealByDeal(int position, const DrawTables& tables);
  // Returns the deals followed, counted once a step.
  int64_t WorkLane(int position, const DrawTables& tables, int lane);
  void StartOpenDeals(const Seller& seller, const DrawTables& tables, int lane);
  // One step of the workload, in which at most so many deals go at full speed at a time.
  void WorkStep(const Seller& seller, const DrawTables& tables, int step, double capacity,
                int lane);
  // Adds deals created in `step` to `created_`.
  void CreateDeals(const Seller& seller, const DrawTables& tables, int step, int lane);
  // Everything from `step` on, what is still to come of leads and customers included.
  void PassOn(const Seller& seller, const Seller& successor, const DrawTables& tables, int step,
              int lane);
  const EntryTables& EntriesOf(const DrawTables& tables, int lane) const {
    return tables.capacity.entries[static_cast<size_t>(left_[lane] + 1)];
  }
  void BookWorkedDeal(const Seller& seller, const DrawTables& tables, const WorkedDeal& deal,
                      int step, int lane);
  // Adds a win to the team's lines and the org, not to the seller's.
  void AddTeamWin(const Seller& seller, int step, int lane, int64_t amount);
  // Adds a win to the seller's steps, or to whom the deals have passed by then. Returns what is
  // booked.
  int64_t AddWin(const Seller& seller, const std::vector<double>& size_factors, int step, int lane,
                 int64_t amount);
  // Turns won amounts per step into sums per mark and adds them to the lines above.
  void Book(const Seller& seller, int draw, Partial* into);
  // Pays the seller for what `Book` summed; then, all being booked, records what teams and the org
  // pay (payouts.cc).
  void PayOut(const Seller& seller, int draw, Partial* into);
  void RecordPayouts(int draw, Partial* into);
  void RecordEntity(int entity, const int64_t* sums, int draw, Partial* into);
  void RecordSeries(int series, const int64_t* values, int draw, Partial* into);

  const Blueprint& plan_;
  const int lanes_;
  const int steps_;
  const int marks_;
  const int periods_;
  uint32_t first_block_ = 0;  // Of the batch, in blocks of four trials.
  int64_t clamped_count_ = 0;
  const CancelCheck* cancel_ = nullptr;
  int64_t work_since_poll_ = 0;
  bool cancelled_ = false;
  int64_t* samples_ = nullptr;  // Of the batch, [sampled series][lane].

  std::vector<double> market_;       // [lane].
  std::vector<double> team_;         // [factor team][lane].
  std::vector<double> shift_;        // [lane], the seller's shift over its radius.
  std::vector<double> mix_;          // [lane], the seller's creation mixing.
  std::vector<double> uniform_;      // [lane].
  std::vector<double> probability_;  // [lane].
  std::vector<int> win_count_;       // [lane].
  std::vector<int> left_;            // [lane], position in the seller's `left`; -1: stays.
  std::vector<int> left_lanes_;      // Lanes in which the seller leaves.
  std::vector<int64_t> won_;         // [step][lane], the seller's.
  std::vector<int64_t> sums_;        // [mark][lane], the seller's.
  std::vector<int64_t> inherited_;   // [inheriting seller][mark][lane].
  std::vector<int64_t> org_;         // [step][lane].
  std::vector<int64_t> team_sums_;   // [team][mark][lane].
  std::vector<int64_t> at_quota_;    // [period][lane].
  DriverTally drivers_;
  std::vector<int64_t> payout_;       // [lane], the seller's in a period.
  std::vector<int64_t> payout_sums_;  // [org, then team][period][lane].
  Workload workload_;
  std::vector<std::vector<WorkedDeal>> passed_;  // [inheriting seller][lane].
  std::vector<WorkedDeal> waiting_;  // Of a lane: all that joins or enters in some step,
  std::vector<WorkedDeal> created_;  // and what enters in the present one.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_KERNEL_H_
