#include "services/metrics/kpi/kpi.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"

namespace quotacast::metrics {

PeriodPhase PhaseOf(const FiscalPeriod& period, absl::CivilDay as_of_day) {
  if (period.start > as_of_day) return PeriodPhase::kNotBegun;
  return period.end <= as_of_day + 1 ? PeriodPhase::kEnded : PeriodPhase::kRunning;
}

bool Falls(absl::CivilDay day, const std::optional<FiscalPeriod>& period) {
  return !period || (day >= period->start && day < period->end);
}

KpiColumn UndefinedColumn(const Grouping& grouping, const std::string& reason) {
  KpiColumn column;
  column.cells.resize(grouping.groups().size());
  for (KpiCell& cell : column.cells) cell.undefined_reason = reason;
  return column;
}

std::optional<std::string> NotBegunReason(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  if (!query.period || PhaseOf(*query.period, as_of_day) != PeriodPhase::kNotBegun) {
    return std::nullopt;
  }
  return absl::StrCat(query.period->name, " has not begun by ", FormatIsoDate(as_of_day));
}

std::optional<std::string> PeriodToDateNote(const KpiQuery& query) {
  const absl::CivilDay as_of_day = query.view->as_of.effective_day;
  if (!query.period || PhaseOf(*query.period, as_of_day) != PeriodPhase::kRunning) {
    return std::nullopt;
  }
  return absl::StrCat("period to date: ", query.period->name, " runs until ",
                      FormatIsoDate(query.period->end - 1), ", facts count up to ",
                      FormatIsoDate(as_of_day));
}

std::string InPeriod(const KpiQuery& query) {
  return query.period ? absl::StrCat(" in ", query.period->name) : "";
}

metrics::v1::KpiDefinition Define(const KpiText& text,
                                  const std::vector<metrics::v1::GroupBy>& group_bys) {
  metrics::v1::KpiDefinition definition;
  definition.set_name(text.name);
  definition.set_display_name(text.display_name);
  definition.set_formula(text.formula);
  definition.set_numerator(text.numerator);
  definition.set_denominator(text.denominator);
  definition.set_unit(text.unit);
  definition.set_caveat(text.caveat);
  for (const metrics::v1::GroupBy group_by : group_bys) definition.add_group_bys(group_by);
  return definition;
}

}  // namespace quotacast::metrics
