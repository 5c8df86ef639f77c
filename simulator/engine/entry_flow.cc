#include "simulator/engine/entry_flow.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/age_bins.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;

}  // namespace

LeadFlow::LeadFlow(const StageCell& leads, const std::vector<int>& age_bin_edges_days,
                   const StepGrid& grid, const LeverPath& path)
    : steps_(grid.step_count()), edges_(age_bin_edges_days) {
  for (const Step& step : grid.steps) lengths_.push_back(step.length_days());
  const int slots = static_cast<int>(leads.ages.size()) + 1;
  for (int slot = 0; slot < slots; ++slot) {
    const double z =
        CertainOrProbit(slot == 0 ? leads.entry_advance_probability
                                  : leads.ages[static_cast<size_t>(slot) - 1].advance_probability);
    for (int w = 0; w < steps_; ++w) {
      const double speed = path.lead_speed_factor[w];
      exits_.push_back(slot == 0
                           ? EntryExitShare(leads, lengths_[w], speed)
                           : 1 - Exp(-leads.ages[static_cast<size_t>(slot) - 1].exit_rate_per_day *
                                     lengths_[w] * speed));
      advances_.push_back(
          NormalCdf(z + (path.lead_work_shift.empty() ? 0 : path.lead_work_shift[w])));
    }
  }
}

void LeadFlow::Follow(int age_days, int from, double amount, std::vector<double>& entering) const {
  int age = age_days;
  double open = amount;
  for (int w = from; w < steps_; ++w) {
    const int slot = AgeBinOf(age, edges_) + 1;
    const double leaving = open * Exits(slot, w);
    entering[w] += leaving * Advances(slot, w);
    open -= leaving;
    age += lengths_[w];
  }
}

std::vector<double> LeadFlow::OpenLeadEntries(int age_days) const {
  std::vector<double> entering(steps_, 0);
  Follow(age_days, 0, 1, entering);
  return entering;
}

std::vector<double> LeadFlow::NewLeadEntries(const std::vector<double>& coming) const {
  std::vector<double> entering(steps_, 0);
  for (int w = 0; w < steps_; ++w) {
    if (coming[w] == 0) continue;
    entering[w] += coming[w] * Exits(0, w) * Advances(0, w);
    // At the first boundary ages are 1 day to the step's length, with equal weight.
    const double staying = coming[w] * (1 - Exits(0, w)) / lengths_[w];
    for (int age = 1; age <= lengths_[w]; ++age) Follow(age, w + 1, staying, entering);
  }
  return entering;
}

std::vector<double> FollowUpEntries(const double* rates, const std::vector<int>& edges_days,
                                    int age_days, double churn_per_year,
                                    const std::vector<double>& churn_log_factor,
                                    const StepGrid& grid) {
  std::vector<double> entering;
  double waiting = 1;
  double log_kept = 0;  // ln K.
  for (int w = 0; w < grid.step_count(); ++w) {
    const Step& step = grid.steps[w];
    if (churn_per_year > 0 && !churn_log_factor.empty()) {
      log_kept -=
          churn_per_year * (Exp(churn_log_factor[w]) - 1) * step.length_days() / kDaysPerYear;
    }
    const double rate = rates[AgeBinOf(age_days + step.begin_day, edges_days)];
    const double share = 1 - Exp(-rate * step.length_days() * Exp(log_kept));
    entering.push_back(waiting * share);
    waiting -= entering.back();
  }
  return entering;
}

int CanonicalCustomerAge(int age_days, const std::vector<int>& edges_days, const StepGrid& grid) {
  int smallest = 0;
  for (const Step& step : grid.steps) {
    const int bin = AgeBinOf(age_days + step.begin_day, edges_days);
    const int from = bin == 0 ? 0 : edges_days[static_cast<size_t>(bin) - 1];
    smallest = std::max(smallest, from - step.begin_day);
  }
  return smallest;
}

EntrySource::EntrySource(const PipelineModel& model, const ParameterDraw& draw, int segment,
                         const StepGrid& grid, const LeverPath& path,
                         std::function<LeverPath(int segment)> path_of)
    : model_(model),
      draw_(draw),
      segment_(segment),
      grid_(grid),
      path_(path),
      path_of_(std::move(path_of)) {}

const LeadFlow& EntrySource::Leads() {
  if (!leads_.has_value()) {
    leads_.emplace(draw_.lead_cells[segment_], model_.age_bin_edges_days, grid_, path_);
  }
  return *leads_;
}

std::vector<double> EntrySource::Entering(const Entry& entry) {
  if (entry.origin == Origin::kLead) {
    if (draw_.lead_cells.empty()) return std::vector<double>(grid_.step_count(), 0);
    return Leads().OpenLeadEntries(entry.age_days);
  }
  const int segment = entry.customer_segment;
  auto churn = churn_.find(segment);
  if (churn == churn_.end()) {
    churn = churn_.emplace(segment, path_of_(segment).churn_log_factor).first;
  }
  const std::vector<double>& rates =
      entry.origin == Origin::kRenewal ? draw_.renewal_rate_per_day : draw_.expansion_rate_per_day;
  return FollowUpEntries(&rates[static_cast<size_t>(segment) * model_.customer_age_bins()],
                         model_.customer_age_edges_days, entry.age_days, draw_.churn_per_year,
                         churn->second, grid_);
}

std::vector<double> EntrySource::OpportunitiesOf(std::vector<double> created) {
  if (draw_.lead_cells.empty()) return std::vector<double>(grid_.step_count(), 0);
  for (size_t w = 0; w < path_.lead_volume_factor.size(); ++w) {
    created[w] *= path_.lead_volume_factor[w];
  }
  return Leads().NewLeadEntries(created);
}

}  // namespace quotacast::simulator
