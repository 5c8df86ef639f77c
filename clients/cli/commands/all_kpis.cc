#include "clients/cli/commands/all_kpis.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "clients/cli/kpi_words.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/metrics_client.h"

namespace quotacast::cli {
namespace {

using metrics::v1::KpiDefinition;
using metrics::v1::QueryKpiRequest;
using metrics::v1::QueryKpiResponse;

bool HasRowOfOrganisation(const KpiDefinition& kpi) {
  return std::find(kpi.group_bys().begin(), kpi.group_bys().end(), metrics::v1::GROUP_BY_ORG) !=
         kpi.group_bys().end();
}

// Whether a field at fault begins with `field`.
bool IsAbout(const ErrorDetail& detail, const std::string& field) {
  return std::any_of(
      detail.field_violations.begin(), detail.field_violations.end(),
      [&](const FieldViolation& violation) { return absl::StartsWith(violation.field, field); });
}

// Whether other KPIs may well have an answer where this one has none.
bool IsOfOneKpi(const absl::Status& status) {
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail{});
  if (absl::IsFailedPrecondition(status)) return detail.reason != "EMPTY_WORKSPACE";
  if (absl::IsOutOfRange(status)) return true;
  // The index says that the dimension is at fault, not an id that nothing has.
  return detail.reason == "INVALID_FIELD" &&
         (IsAbout(detail, "filters[") || IsAbout(detail, "comparison"));
}

// Without names of fields and KPIs, so that KPIs may share one.
std::string ReasonOf(const absl::Status& status, const std::string& kpi) {
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail{});
  const std::string reason = detail.field_violations.empty()
                                 ? std::string(status.message())
                                 : detail.field_violations[0].description;
  return absl::StrReplaceAll(InKpiWords(reason), {{kpi, "the KPI"}});
}

absl::StatusOr<QueryKpiResponse> QueryOne(const QueryKpiRequest& request,
                                          clients::MetricsClient& client,
                                          const clients::CallOptions& options) {
  absl::StatusOr<QueryKpiResponse> response = client.QueryKpi(request, options);
  if (response.ok() || request.comparison() == metrics::v1::KPI_COMPARISON_UNSPECIFIED ||
      !IsAbout(GetDetail(response.status()).value_or(ErrorDetail{}), "comparison")) {
    return response;
  }
  QueryKpiRequest plain = request;
  plain.clear_comparison();
  QC_ASSIGN_OR_RETURN(QueryKpiResponse figure, client.QueryKpi(plain, options));
  for (metrics::v1::KpiRow& row : *figure.mutable_table()->mutable_rows()) {
    row.mutable_reference()->set_undefined_reason(ReasonOf(response.status(), request.kpi()));
  }
  return figure;
}

}  // namespace

absl::StatusOr<std::vector<QueryKpiResponse>> QueryAllKpis(const QueryKpiRequest& asked,
                                                           const CommandContext& context) {
  clients::MetricsClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const metrics::v1::ListKpisResponse kpis,
                      client.ListKpis({}, context.call_options));
  QueryKpiRequest request = asked;
  std::vector<QueryKpiResponse> responses;
  absl::Status first_failure;
  bool any_answer = false;
  for (const KpiDefinition& kpi : kpis.kpis()) {
    if (!HasRowOfOrganisation(kpi)) continue;
    request.set_kpi(kpi.name());
    absl::StatusOr<QueryKpiResponse> response = QueryOne(request, client, context.call_options);
    if (response.ok()) {
      any_answer = true;
      responses.push_back(*std::move(response));
      continue;
    }
    if (!IsOfOneKpi(response.status())) return response.status();
    first_failure.Update(response.status());
    metrics::v1::KpiTable& table = *responses.emplace_back().mutable_table();
    *table.mutable_definition() = kpi;
    table.set_group_by(request.group_by());
    table.add_rows()->set_undefined_reason(ReasonOf(response.status(), request.kpi()));
  }
  if (!any_answer && !first_failure.ok()) return first_failure;
  return responses;
}

}  // namespace quotacast::cli
