#include "simulator/exact/exact.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/blueprint.h"
#include "simulator/exact/exact_run.h"
#include "simulator/exact/line_sums.h"

namespace quotacast::simulator {
namespace {

absl::Status ValidateOptions(const ExactOptions& options) {
  std::vector<FieldViolation> violations;
  const auto check_cells = [&](const char* field, int cells, bool may_be_zero) {
    if (may_be_zero && cells == 0) return;
    if (cells >= kMinLatticeCells && cells <= kMaxLatticeCells) return;
    violations.push_back({field, absl::StrCat("is ", cells, "; want ", may_be_zero ? "0 or " : "",
                                              kMinLatticeCells, " to ", kMaxLatticeCells)});
  };
  check_cells("options.quota_cells", options.quota_cells, false);
  check_cells("options.law_cells", options.law_cells, true);
  check_cells("options.sum_cells", options.sum_cells, false);
  if (options.draw_limit < 0) {
    violations.push_back(
        {"options.draw_limit", absl::StrCat("is ", options.draw_limit, "; want 0 or more")});
  }
  if (options.threads < 1 || options.threads > kMaxThreads) {
    violations.push_back(
        {"options.threads", absl::StrCat("is ", options.threads, "; want 1 to ", kMaxThreads)});
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

ExactLine ReportLine(const Blueprint& plan, const ExactRun& run, int entity, int mark) {
  const Mark& at = plan.grid.marks[mark];
  const size_t cell = static_cast<size_t>(entity) * plan.grid.period_count() + at.period;
  const LineSums& sums = run.line(entity, mark);
  ExactLine line;
  line.entity = plan.shape.entities[entity];
  line.period = at.period;
  if (!at.ends_period) line.by = plan.shape.step_ends[at.step] - 1;
  line.booked_minor_units = plan.shape.booked_minor_units[cell];
  line.quota_minor_units = plan.shape.quota_minor_units[cell];
  line.mean = OverDraws(sums.means, static_cast<double>(line.booked_minor_units));
  line.sd = sums.Sd();
  line.quota_atom_is_resolved = sums.atom_is_resolved;
  if (!sums.attain.empty()) {
    line.attain_probability = OverDraws(sums.attain, 0);
    line.quota_cell_mass = OverDraws(sums.cell_masses, 0).value;
    line.quota_atom = OverDraws(sums.atoms, 0).value;
  }
  if (sums.law.empty()) return line;
  line.law.width = sums.width;
  line.law.is_lattice_exact = sums.is_lattice_exact;
  line.law.masses = sums.law;
  double total = 0;
  for (double& mass : line.law.masses) {
    mass /= static_cast<double>(run.draw_count());
    total += mass;
  }
  line.law.above = std::max(0.0, 1 - total);
  size_t node = 0;
  double cumulative = line.law.masses[0];
  for (const double probability : kReportedQuantiles) {
    while (cumulative < probability && node + 1 < line.law.masses.size()) {
      cumulative += line.law.masses[++node];
    }
    line.quantiles.push_back({probability, static_cast<double>(line.booked_minor_units) +
                                               line.law.width * static_cast<double>(node)});
  }
  return line;
}

ExactForecast Report(const Blueprint& plan, const ExactOptions& options, const ExactRun& run) {
  ExactForecast forecast;
  forecast.draw_count = run.draw_count();
  forecast.model_draw_count = plan.shape.draw_count;
  const int first = options.sums ? 0 : 1 + plan.shape.team_count;
  for (int period = 0; period < plan.grid.period_count(); ++period) {
    ExactPeriod of_period;
    of_period.period = period;
    of_period.eligible_rep_count = plan.shape.eligible_rep_count[period];
    for (int mark = 0; mark < plan.grid.mark_count(); ++mark) {
      if (plan.grid.marks[mark].period != period) continue;
      for (int e = first; e < static_cast<int>(plan.shape.entities.size()); ++e) {
        of_period.lines.push_back(ReportLine(plan, run, e, mark));
      }
    }
    if (options.sums) {
      of_period.at_quota_law = run.at_quota(period);
      for (double& mass : of_period.at_quota_law) {
        mass = std::max(0.0, mass / static_cast<double>(run.draw_count()));
      }
    }
    forecast.periods.push_back(std::move(of_period));
  }
  return forecast;
}

// What the laws of people do not know: amounts that depend on when a deal is won, and wins that
// several people book.
absl::Status RefuseLevers(const Blueprint& plan) {
  for (const Initiative& initiative : plan.scenario.initiatives) {
    if (initiative.size.value_or(Effect{}).mean != 0 ||
        initiative.size.value_or(Effect{}).sd != 0) {
      return FailedPrecondition(
          "NOT_EXACT", absl::StrCat("initiative ", initiative.key,
                                    ": an effect on the size of deals depends on when they are "
                                    "won; simulate it"));
    }
  }
  if (plan.scenario.attrition.has_value()) {
    return FailedPrecondition("NOT_EXACT",
                              "attrition: when reps leave at random, what they book is no sum of "
                              "independent deals; simulate it");
  }
  for (const Seller& seller : plan.sellers) {
    if (seller.capacity_limit != -1) {
      return FailedPrecondition(
          "NOT_EXACT", absl::StrCat(plan.shape.entities[seller.entity].key,
                                    ": under a capacity limit deals wait for each other, so what "
                                    "is won is no sum of independent deals; simulate it"));
    }
    for (const WinsHandover& handover : seller.handovers) {
      if (handover.first_step >= plan.grid.step_count()) continue;
      const auto key = [&](const Seller& of) { return plan.shape.entities[of.entity].key; };
      return FailedPrecondition(
          "NOT_EXACT",
          absl::StrCat(key(seller), ": leaves, and ", key(plan.sellers[handover.receiver]),
                       " books what the deals bring afterwards; simulate it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExactForecast> ComputeExact(const PipelineModel& model, const PipelineState& state,
                                           const Scenario& scenario, const ExactOptions& options,
                                           const CancelCheck& cancel) {
  QC_RETURN_IF_ERROR(ValidateOptions(options));
  QC_ASSIGN_OR_RETURN(const Blueprint plan, DrawBlueprint(model, state, scenario, options.engine));
  QC_RETURN_IF_ERROR(RefuseLevers(plan));
  ExactRun run(plan, options, cancel);
  QC_RETURN_IF_ERROR(run.Run());
  return Report(plan, options, run);
}

}  // namespace quotacast::simulator
