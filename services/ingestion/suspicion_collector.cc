#include "services/ingestion/suspicion_collector.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/money.h"
#include "base/string_views.h"

namespace quotacast::ingestion {
namespace {

// Dates by which changes of one kind are counted.
struct DatedKind {
  std::string_view entity;
  std::string_view date_field;
  std::string_view kind_field;
};
constexpr DatedKind kDatedKinds[] = {
    {"opportunity_snapshot", "closed_date", "stage_id"},
    {"stage_history", "changed_date", "stage_id"},
    {"opportunity_change", "changed_date", "field"},
};

// Dates of which the first cannot be after the second.
struct DateOrderPair {
  std::string_view entity;
  std::string_view earlier;
  std::string_view later;
};
constexpr DateOrderPair kDateOrderPairs[] = {
    {"opportunity_snapshot", "opened_date", "closed_date"},
    {"opportunity_snapshot", "created_date", "closed_date"},
    {"lead", "created_time", "converted_time"},
    {"lead", "created_time", "qualified_time"},
    {"lead", "created_time", "first_touch_time"},
    {"incident", "opened_time", "resolved_time"},
};

bool HoldsDates(std::string_view field) {
  constexpr std::string_view kDate = "_date";
  constexpr std::string_view kTime = "_time";
  return field.size() > kDate.size() && (field.substr(field.size() - kDate.size()) == kDate ||
                                         field.substr(field.size() - kTime.size()) == kTime);
}

std::string Text(std::string_view text) { return std::string(text); }

std::string_view FirstFilled(const MappedRow& row, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    if (!row.Get(field).empty()) return row.Get(field);
  }
  return {};
}

}  // namespace

void SuspicionCollector::TakeRow(const FileRule& rule, const MappedRow& row) {
  TakeDateForms(rule, row);
  const std::string_view entity = EntityName(rule.entity);
  for (const DatedKind& dated : kDatedKinds) {
    if (dated.entity == entity) TakeDay(row, dated.date_field, dated.kind_field);
  }
  for (const DateOrderPair& pair : kDateOrderPairs) {
    if (pair.entity == entity) TakeOrder(row, pair.earlier, pair.later);
  }
  if (entity == "quota") TakeQuota(row);
}

void SuspicionCollector::TakeDateForms(const FileRule& rule, const MappedRow& row) {
  for (const auto& [field, column] : rule.columns) {
    if (!HoldsDates(field) || row.Get(field).empty()) continue;
    auto& [owner, forms] = forms_[{row.place().file, column}];
    if (owner == nullptr) {
      owner = &rule;
      forms.file = row.place().file;
      forms.column = column;
    }
    if (owner == &rule) forms.Add(row.Get(field), row.place().line);
  }
}

void SuspicionCollector::TakeDay(const MappedRow& row, std::string_view date_field,
                                 std::string_view kind_field) {
  if (row.Get(date_field).empty() || row.Get(kind_field).empty()) return;
  ImportReport unheard;
  const std::optional<absl::CivilDay> day =
      RowValues(profile_, rules_, row, unheard).Date(date_field);
  if (!day.has_value()) return;
  const auto key =
      std::make_tuple(row.place().file, Text(row.Column(date_field)), Text(row.Get(kind_field)));
  auto found = days_.find(key);
  if (found == days_.end()) {
    if (days_.size() == kMaxDayCounts) return;
    DayCounts counts;
    counts.file = row.place().file;
    counts.date_column = Text(row.Column(date_field));
    counts.kind =
        absl::StrCat(AbslView(row.Column(kind_field)), " \"", AbslView(row.Get(kind_field)), "\"");
    found = days_.emplace(key, std::move(counts)).first;
  }
  found->second.days[*day].Add(row.place().line);
}

void SuspicionCollector::TakeOrder(const MappedRow& row, std::string_view earlier,
                                   std::string_view later) {
  if (row.Get(earlier).empty() || row.Get(later).empty()) return;
  ImportReport unheard;
  RowValues values(profile_, rules_, row, unheard);
  const std::optional<absl::CivilDay> first = values.Date(earlier);
  const std::optional<absl::CivilDay> second = values.Date(later);
  if (!first.has_value() || !second.has_value()) return;
  OrderedDates& dates = orders_[std::make_tuple(row.place().file, Text(row.Column(earlier)),
                                                Text(row.Column(later)))];
  dates.file = row.place().file;
  dates.earlier_column = Text(row.Column(earlier));
  dates.later_column = Text(row.Column(later));
  ++dates.row_count;
  if (*second < *first) dates.reversed.Add(row.place().line);
}

void SuspicionCollector::TakeQuota(const MappedRow& row) {
  if (quotas_.size() == kMaxQuotaRows) return;
  ImportReport unheard;
  const std::optional<Money> amount = RowValues(profile_, rules_, row, unheard).Amount("amount");
  if (!amount.has_value()) return;
  quotas_.push_back({row.place().file, row.place().line, Text(row.Column("amount")),
                     Text(FirstFilled(row, {"rep_id", "team_id", "territory_id"})),
                     Text(FirstFilled(row, {"period", "period_date", "start_date"})),
                     amount->minor_units, amount->currency,
                     row.Get("kind").substr(0, 4) == "roll"});
}

std::vector<v1::Suspicion> SuspicionCollector::Judge(const ImportReport& report) const {
  std::vector<v1::Suspicion> found = JudgeQuotaOutliers(quotas_);
  for (v1::Suspicion& suspicion : JudgeRollUpQuotas(quotas_)) found.push_back(std::move(suspicion));
  for (const auto& entry : days_) {
    for (v1::Suspicion& suspicion : JudgeBulkUpdate(entry.second)) {
      found.push_back(std::move(suspicion));
    }
  }
  for (const auto& entry : orders_) {
    std::optional<v1::Suspicion> suspicion = JudgeReversedDates(entry.second);
    if (suspicion.has_value()) found.push_back(*std::move(suspicion));
  }
  for (const auto& entry : forms_) {
    std::optional<v1::Suspicion> suspicion =
        JudgeDateForms(entry.second.second, profile_.forms.date_order);
    if (suspicion.has_value()) found.push_back(*std::move(suspicion));
  }
  for (const ImportReport::EmptyRows& rows : report.empty_rows()) {
    std::optional<v1::Suspicion> suspicion = JudgeEmptyLines(rows);
    if (suspicion.has_value()) found.push_back(*std::move(suspicion));
  }
  std::stable_sort(found.begin(), found.end(), [](const v1::Suspicion& a, const v1::Suspicion& b) {
    return std::forward_as_tuple(a.reason(), a.file()) <
           std::forward_as_tuple(b.reason(), b.file());
  });
  return found;
}

}  // namespace quotacast::ingestion
