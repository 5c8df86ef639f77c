// The source keys and versions of the events that ingestion writes. Stable: they are how a second
// import recognises what the first one said.
#ifndef QUOTACAST_SERVICES_INGESTION_SOURCE_KEYS_H_
#define QUOTACAST_SERVICES_INGESTION_SOURCE_KEYS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/string_views.h"

namespace quotacast::ingestion {

inline constexpr std::string_view kFiscalCalendarKey = "fiscal_calendar";

// "rep/Anna Snelling"; `kind` is the entity's name.
inline std::string SourceKey(std::string_view kind, std::string_view id) {
  return absl::StrCat(AbslView(kind), "/", AbslView(id));
}

inline std::string OpportunityKey(std::string_view opportunity_id) {
  return SourceKey("opportunity", opportunity_id);
}

inline bool IsOpportunityKey(std::string_view source_key) {
  return source_key.substr(0, 12) == "opportunity/";
}

inline std::string QuotaKey(std::string_view rep_id, std::string_view period) {
  return absl::StrCat("quota/", AbslView(rep_id), "/", AbslView(period));
}

// "Won@2017-03-01"; without a day "Prospecting@undated". A deal that re-enters a stage on one
// day has `entry` 2, 3 ... there: "Proposal@2017-03-01+2".
inline std::string StageVersion(std::string_view stage_id, std::optional<absl::CivilDay> day,
                                int entry) {
  return absl::StrCat(AbslView(stage_id), "@",
                      day.has_value() ? FormatIsoDate(*day) : std::string("undated"),
                      entry > 1 ? absl::StrCat("+", entry) : std::string());
}

// True for the version `base` itself and its corrections "<base>#2", "<base>#3", ...
inline bool IsVersionOf(std::string_view version, std::string_view base) {
  return version.substr(0, base.size()) == base &&
         (version.size() == base.size() || version[base.size()] == '#');
}

// True for keys of reference data: what neither an opportunity nor a quota changes.
inline bool IsReferenceKey(std::string_view source_key) {
  return !IsOpportunityKey(source_key) && source_key.substr(0, 6) != "quota/";
}

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SOURCE_KEYS_H_
