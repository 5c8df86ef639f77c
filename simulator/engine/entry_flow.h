// When what is not yet in the pipeline enters the first stage: leads that become opportunities,
// customers who lead to renewals and expansions.
//
// A lead follows the step rules of a stage (docs/model.md): it leaves with a hazard that depends on
// its age, and of those that leave Phi(z + lead work) become opportunities in the same step; the
// others are dropped. A customer aged a leads to a renewal in step w with hazard
// 1 - exp(-rate(a) l_w K(w)), where K(w) is the product over steps v <= w of
// exp(-churn_per_year (e^eta_v - 1) l_v / 365.25): churn as it was is in the rates, a lever on it
// changes who is still there. Neither depends on the common shift.
#ifndef QUOTACAST_SIMULATOR_ENGINE_ENTRY_FLOW_H_
#define QUOTACAST_SIMULATOR_ENGINE_ENTRY_FLOW_H_

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// What may be won once stands at the as-of date in a stage, before the first stage as a lead, or
// beside the pipeline as a customer who may lead to a renewal or an expansion.
enum class Origin { kDeal, kLead, kRenewal, kExpansion };

// Where it stands there.
struct Entry {
  Origin origin = Origin::kDeal;
  int stage = 0;             // Of a deal.
  int customer_segment = 0;  // Of a customer: the segment of the win.
  int age_days = 0;          // In the stage, as a lead, since the win.
  auto operator<=>(const Entry&) const = default;
};

// The leads of one segment under one draw and lever path. Immutable once built; outputs are per
// step.
class LeadFlow {
 public:
  // Keeps references to nothing. `path` has its lead lists.
  LeadFlow(const StageCell& leads, const std::vector<int>& age_bin_edges_days, const StepGrid& grid,
           const LeverPath& path);

  // P(an open lead becomes an opportunity in the step).
  std::vector<double> OpenLeadEntries(int age_days) const;

  // Opportunities in the step from `coming[w]` leads that come in step w.
  std::vector<double> NewLeadEntries(const std::vector<double>& coming) const;

 private:
  // Of those in `slot` (0: came in the step, 1 + b: in age bin b at its start), by step.
  double Exits(int slot, int w) const { return exits_[static_cast<size_t>(slot) * steps_ + w]; }
  double Advances(int slot, int w) const {
    return advances_[static_cast<size_t>(slot) * steps_ + w];
  }
  // Follows leads aged `age_days` at the start of step `from`, `amount` of them.
  void Follow(int age_days, int from, double amount, std::vector<double>& entering) const;

  int steps_;
  std::vector<int> edges_;
  std::vector<int> lengths_;      // Days of each step.
  std::vector<double> exits_;     // [slot][step]: the share that leaves.
  std::vector<double> advances_;  // [slot][step]: of those, the share that becomes opportunities.
};

// P(a customer leads to a renewal, or an expansion, in the step). `rates` points to the rates per
// day by bin of days since the win; `churn_log_factor` is empty where churn is as it was.
std::vector<double> FollowUpEntries(const double* rates, const std::vector<int>& edges_days,
                                    int age_days, double churn_per_year,
                                    const std::vector<double>& churn_log_factor,
                                    const StepGrid& grid);

// The smallest age whose bins at the starts of all steps are those of `age_days`.
int CanonicalCustomerAge(int age_days, const std::vector<int>& edges_days, const StepGrid& grid);

// What enters the first stage of one flow of the blueprint, per step.
class EntrySource {
 public:
  // All must outlive this; `path` is that of the flow's segment, `path_of` gives another's.
  EntrySource(const PipelineModel& model, const ParameterDraw& draw, int segment,
              const StepGrid& grid, const LeverPath& path,
              std::function<LeverPath(int segment)> path_of);

  // P(a lead, or what a customer leads to, enters in the step). Nothing does where the draw does
  // not tell them apart.
  std::vector<double> Entering(const Entry& entry);

  // Opportunities from leads, of which `created[w]` come in step w without levers on leads.
  std::vector<double> OpportunitiesOf(std::vector<double> created);

 private:
  const LeadFlow& Leads();

  const PipelineModel& model_;
  const ParameterDraw& draw_;
  const int segment_;
  const StepGrid& grid_;
  const LeverPath& path_;
  const std::function<LeverPath(int segment)> path_of_;
  std::optional<LeadFlow> leads_;
  std::map<int, std::vector<double>> churn_;  // churn_log_factor by customers' segment.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_ENTRY_FLOW_H_
