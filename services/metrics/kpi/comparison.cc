#include "services/metrics/kpi/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/attainment.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

// The quantile of `sorted` without its entry at `left_out` (its size: nothing is left out).
double QuantileWithout(const std::vector<double>& sorted, size_t left_out, double share) {
  const size_t count = sorted.size() - (left_out < sorted.size() ? 1 : 0);
  const auto at = [&](size_t i) { return sorted[i < left_out ? i : i + 1]; };
  const double position = share * static_cast<double>(count - 1);
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, count - 1);
  return at(below) + (position - std::floor(position)) * (at(above) - at(below));
}

}  // namespace

Reference ReferenceTo(const KpiCell& cell) {
  return {.value = cell.value, .undefined_reason = cell.undefined_reason};
}

std::vector<Reference> PeerQuartiles(const std::vector<const KpiCell*>& cells,
                                     metrics::v1::KpiDirection direction) {
  std::vector<Reference> references(cells.size());
  const bool more_is_better = direction == metrics::v1::KPI_DIRECTION_UP;
  if (!more_is_better && direction != metrics::v1::KPI_DIRECTION_DOWN) {
    for (Reference& reference : references) {
      reference.undefined_reason = "neither more nor less of it is better";
    }
    return references;
  }
  std::vector<double> sorted;
  for (const KpiCell* cell : cells) {
    if (cell->value) sorted.push_back(*cell->value);
  }
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::optional<double>& value = cells[i]->value;
    const size_t peer_count = sorted.size() - (value ? 1 : 0);
    if (peer_count < static_cast<size_t>(kMinPeers)) {
      references[i].undefined_reason =
          absl::StrCat(peer_count, " other rows have a value, it takes ", kMinPeers);
      continue;
    }
    size_t left_out = sorted.size();
    if (value) {
      const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), *value);
      left_out = static_cast<size_t>(first - sorted.begin());
      const auto worse_count = more_is_better ? first - sorted.begin() : sorted.end() - last;
      references[i].better_than_share =
          static_cast<double>(worse_count) / static_cast<double>(peer_count);
    }
    references[i].value = QuantileWithout(sorted, left_out, more_is_better ? 0.75 : 0.25);
  }
  return references;
}

absl::StatusOr<std::vector<Reference>> QuotaReferences(const KpiQuery& query) {
  std::vector<Reference> references(query.grouping->groups().size());
  if (!query.period) {
    for (Reference& reference : references) {
      reference.undefined_reason = "quotas are set for fiscal periods: ask for one";
    }
    return references;
  }
  QC_ASSIGN_OR_RETURN(const QuotaSums quotas, SumQuotas(query));
  for (size_t row = 0; row < references.size(); ++row) {
    if (quotas.rep_counts[row] == 0) {
      references[row].undefined_reason =
          absl::StrCat("no quota above zero is set for ", query.period->name);
    } else {
      references[row].value = MajorUnits(quotas.amounts_minor_units[row], query.view->currency);
    }
  }
  return references;
}

void SetReference(const Reference& reference, metrics::v1::KpiRow& row) {
  metrics::v1::KpiReference& out = *row.mutable_reference();
  if (!reference.value) {
    out.set_undefined_reason(reference.undefined_reason);
    return;
  }
  out.set_value(*reference.value);
  out.set_better_than_share(reference.better_than_share);
  if (row.has_value()) out.set_difference(row.value() - *reference.value);
}

}  // namespace quotacast::metrics
