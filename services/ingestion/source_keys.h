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

// What a quota is about.
struct QuotaSubject {
  std::string_view rep_id = {};  // Exactly one of the three is filled.
  std::string_view team_id = {};
  std::string_view territory_id = {};
  std::string_view kind = {};       // Empty for a street quota.
  std::string_view component = {};  // Empty for everything booked.
};

// "quota/Ada/2017Q4"; of a team "quota/team:East/2017Q4", of another kind or a component
// "quota/Ada/2017Q4/roll_up/new business".
inline std::string QuotaKey(const QuotaSubject& subject, std::string_view period) {
  std::string key = "quota/";
  if (!subject.team_id.empty()) {
    absl::StrAppend(&key, "team:", AbslView(subject.team_id));
  } else if (!subject.territory_id.empty()) {
    absl::StrAppend(&key, "territory:", AbslView(subject.territory_id));
  } else {
    absl::StrAppend(&key, AbslView(subject.rep_id));
  }
  absl::StrAppend(&key, "/", AbslView(period));
  if (!subject.kind.empty() || !subject.component.empty()) {
    absl::StrAppend(&key, "/", AbslView(subject.kind));
  }
  if (!subject.component.empty()) absl::StrAppend(&key, "/", AbslView(subject.component));
  return key;
}

// "amount@2017-03-01": what became so, and the day or instant as text. What happens again at the
// same time has `entry` 2, 3 ... there: "Proposal@2017-03-01+2".
inline std::string DatedVersion(std::string_view what, std::string_view when, int entry = 1) {
  return absl::StrCat(AbslView(what), "@", AbslView(when),
                      entry > 1 ? absl::StrCat("+", entry) : std::string());
}

// "Won@2017-03-01"; without a day "Prospecting@undated".
inline std::string StageVersion(std::string_view stage_id, std::optional<absl::CivilDay> day,
                                int entry) {
  return DatedVersion(stage_id, day.has_value() ? FormatIsoDate(*day) : std::string("undated"),
                      entry);
}

// True for the version `base` itself and its corrections "<base>#2", "<base>#3", ...
inline bool IsVersionOf(std::string_view version, std::string_view base) {
  return version.substr(0, base.size()) == base &&
         (version.size() == base.size() || version[base.size()] == '#');
}

// "Won@2017-03-01!": takes back what the version said.
inline std::string RetractionVersion(std::string_view version) {
  return absl::StrCat(AbslView(version), "!");
}

// True for "1", "2", ...: the versions of records that are known by their present state.
inline bool IsStateVersion(std::string_view version) {
  return !version.empty() && version.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SOURCE_KEYS_H_
