#include "simulator/fit/history.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// A wrong export can be wrong in a million places; nobody reads more than a screen of them.
constexpr size_t kMaxViolations = 20;

class Violations {
 public:
  bool full() const { return list_.size() >= kMaxViolations; }

  void Add(std::string field, std::string description) {
    if (!full()) list_.push_back({std::move(field), std::move(description)});
  }

  absl::Status Result() && {
    if (list_.empty()) return absl::OkStatus();
    return InvalidFields(std::move(list_));
  }

 private:
  std::vector<FieldViolation> list_;
};

void CheckNames(const std::vector<std::string>& names, size_t min_count, size_t max_count,
                const std::string& field, Violations& violations) {
  if (names.size() < min_count || names.size() > max_count) {
    violations.Add(
        field, absl::StrCat("has ", names.size(), " entries; want ", min_count, " to ", max_count));
  }
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < names.size() && !violations.full(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (names[i].empty()) violations.Add(path, "is empty; want a name");
    if (!seen.insert(names[i]).second) {
      violations.Add(path, absl::StrCat("is ", names[i], " a second time; want each name once"));
    }
  }
}

bool IsPosition(int position, size_t size) {
  return position >= 0 && position < static_cast<int>(size);
}

void CheckPosition(int position, size_t size, const std::string& path, Violations& violations) {
  if (IsPosition(position, size)) return;
  violations.Add(path, absl::StrCat("is ", position, "; want a position below ", size));
}

void CheckReps(const History& history, Violations& violations) {
  if (history.reps.size() > static_cast<size_t>(kMaxReps)) {
    violations.Add("reps",
                   absl::StrCat("has ", history.reps.size(), " entries; want at most ", kMaxReps));
  }
  std::unordered_set<std::string_view> ids;
  for (size_t r = 0; r < history.reps.size() && !violations.full(); ++r) {
    const HistoryRep& rep = history.reps[r];
    const std::string path = absl::StrCat("reps[", r, "]");
    if (rep.id.empty() || !ids.insert(rep.id).second) {
      violations.Add(path + ".id", absl::StrCat("is '", rep.id, "'; want an id of its own"));
    }
    CheckPosition(rep.team, history.teams.size(), path + ".team", violations);
    if (rep.start.has_value() && rep.end.has_value() && *rep.end < *rep.start) {
      violations.Add(path + ".end",
                     absl::StrCat("is ", FormatIsoDate(*rep.end), "; want no day before the start ",
                                  FormatIsoDate(*rep.start)));
    }
  }
}

void CheckPeriods(const std::vector<FiscalPeriod>& periods, Violations& violations) {
  for (size_t p = 0; p < periods.size() && !violations.full(); ++p) {
    const std::string path = absl::StrCat("periods[", p, "]");
    if (periods[p].end <= periods[p].start) {
      violations.Add(path + ".end", absl::StrCat("is ", FormatIsoDate(periods[p].end),
                                                 "; want a day after the start ",
                                                 FormatIsoDate(periods[p].start)));
    }
    if (p > 0 && periods[p].start != periods[p - 1].end) {
      violations.Add(path + ".start", absl::StrCat("is ", FormatIsoDate(periods[p].start),
                                                   "; want the end of the one before, ",
                                                   FormatIsoDate(periods[p - 1].end)));
    }
  }
}

// Dates of a deal in order, none unknown at the as-of day.
void CheckDates(const HistoryDeal& deal, absl::CivilDay as_of, const std::string& path,
                Violations& violations) {
  absl::CivilDay latest = deal.created;
  auto check = [&](absl::CivilDay day, const std::string& field) {
    if (day < latest) {
      violations.Add(field, absl::StrCat("is ", FormatIsoDate(day), "; want no day before ",
                                         FormatIsoDate(latest)));
    } else if (day > as_of) {
      violations.Add(field,
                     absl::StrCat("is ", FormatIsoDate(day), "; want no day after the as-of day ",
                                  FormatIsoDate(as_of)));
    }
    if (day > latest) latest = day;
  };
  check(deal.created, path + ".created");
  for (size_t v = 0; v < deal.visits.size(); ++v) {
    check(deal.visits[v].entered, absl::StrCat(path, ".visits[", v, "].entered"));
  }
  if (deal.end != DealEnd::kOpen) check(deal.end_day, path + ".end_day");
}

bool DatesInOrder(const HistoryDeal& deal, absl::CivilDay as_of) {
  absl::CivilDay latest = deal.created;
  for (const StageVisit& visit : deal.visits) {
    if (visit.entered < latest) return false;
    latest = visit.entered;
  }
  if (deal.end != DealEnd::kOpen) {
    if (deal.end_day < latest) return false;
    latest = deal.end_day;
  }
  return latest <= as_of;
}

void CheckDeals(const History& history, Violations& violations) {
  std::unordered_set<std::string_view> ids;
  ids.reserve(history.deals.size());
  for (size_t i = 0; i < history.deals.size() && !violations.full(); ++i) {
    const HistoryDeal& deal = history.deals[i];
    const bool own_id = !deal.id.empty() && ids.insert(deal.id).second;
    bool stages_sound = true;
    for (const StageVisit& visit : deal.visits) {
      stages_sound = stages_sound && IsPosition(visit.stage, history.stages.size());
    }
    const bool amount_sound = deal.won_amount_minor_units.value_or(0) >= 0;
    if (own_id && stages_sound && amount_sound && IsPosition(deal.rep, history.reps.size()) &&
        IsPosition(deal.segment, history.segments.size()) && DatesInOrder(deal, history.as_of)) {
      continue;  // The usual case pays for no strings.
    }
    const std::string path = absl::StrCat("deals[", i, "]");
    if (!own_id) {
      violations.Add(path + ".id", absl::StrCat("is '", deal.id, "'; want an id of its own"));
    }
    CheckPosition(deal.rep, history.reps.size(), path + ".rep", violations);
    CheckPosition(deal.segment, history.segments.size(), path + ".segment", violations);
    for (size_t v = 0; v < deal.visits.size(); ++v) {
      CheckPosition(deal.visits[v].stage, history.stages.size(),
                    absl::StrCat(path, ".visits[", v, "].stage"), violations);
    }
    if (!amount_sound) {
      violations.Add(path + ".won_amount_minor_units",
                     absl::StrCat("is ", *deal.won_amount_minor_units, "; want 0 or more"));
    }
    CheckDates(deal, history.as_of, path, violations);
  }
}

bool IsFollowUp(const HistoryDeal& deal) {
  return deal.origin == DealOrigin::kRenewal || deal.origin == DealOrigin::kExpansion;
}

// What deals came from: leads of a history that has them, or a win that each kind follows once.
void CheckOrigins(const History& history, Violations& violations) {
  std::unordered_set<int> renewed;
  std::unordered_set<int> expanded;
  for (size_t i = 0; i < history.deals.size() && !violations.full(); ++i) {
    const HistoryDeal& deal = history.deals[i];
    if (deal.origin == DealOrigin::kLead && history.leads.empty()) {
      violations.Add(absl::StrCat("deals[", i, "].origin"),
                     "is a lead; want a history that has leads");
    }
    if (!IsFollowUp(deal)) continue;
    const std::string path = absl::StrCat("deals[", i, "].predecessor");
    if (!IsPosition(deal.predecessor, history.deals.size())) {
      CheckPosition(deal.predecessor, history.deals.size(), path, violations);
      continue;
    }
    const HistoryDeal& win = history.deals[static_cast<size_t>(deal.predecessor)];
    if (win.end != DealEnd::kWon || win.end_day > deal.created) {
      violations.Add(path, absl::StrCat("is ", deal.predecessor, "; want a deal won by ",
                                        FormatIsoDate(deal.created)));
    }
    auto& followed = deal.origin == DealOrigin::kRenewal ? renewed : expanded;
    if (!followed.insert(deal.predecessor).second) {
      violations.Add(path, absl::StrCat("is ", deal.predecessor,
                                        " a second time; want each win renewed and expanded once"));
    }
  }
}

void CheckLeads(const History& history, Violations& violations) {
  std::unordered_set<std::string_view> ids;
  ids.reserve(history.leads.size());
  for (size_t i = 0; i < history.leads.size() && !violations.full(); ++i) {
    const HistoryLead& lead = history.leads[i];
    const bool own_id = !lead.id.empty() && ids.insert(lead.id).second;
    const absl::CivilDay end = lead.end == LeadEnd::kOpen ? lead.created : lead.end_day;
    const bool in_order = lead.created <= end && end <= history.as_of;
    if (own_id && in_order && IsPosition(lead.rep, history.reps.size()) &&
        IsPosition(lead.segment, history.segments.size())) {
      continue;
    }
    const std::string path = absl::StrCat("leads[", i, "]");
    if (!own_id) {
      violations.Add(path + ".id", absl::StrCat("is '", lead.id, "'; want an id of its own"));
    }
    CheckPosition(lead.rep, history.reps.size(), path + ".rep", violations);
    CheckPosition(lead.segment, history.segments.size(), path + ".segment", violations);
    if (!in_order) {
      violations.Add(
          path + ".end_day",
          absl::StrCat("is ", FormatIsoDate(end), "; want a day from ", FormatIsoDate(lead.created),
                       " to the as-of day ", FormatIsoDate(history.as_of)));
    }
  }
}

}  // namespace

absl::Status ValidateHistory(const History& history) {
  Violations violations;
  CheckNames(history.segments, 1, kMaxSegments, "segments", violations);
  CheckNames(history.stages, 1, kMaxStages, "stages", violations);
  CheckNames(history.teams, 0, kMaxReps, "teams", violations);
  if (history.undated_count < 0) {
    violations.Add("undated_count", absl::StrCat("is ", history.undated_count, "; want 0 or more"));
  }
  CheckPeriods(history.periods, violations);
  CheckReps(history, violations);
  CheckDeals(history, violations);
  CheckOrigins(history, violations);
  CheckLeads(history, violations);
  return std::move(violations).Result();
}

}  // namespace quotacast::simulator
