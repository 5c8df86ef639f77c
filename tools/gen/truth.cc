#include "tools/gen/truth.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/civil_date.h"
#include "tools/gen/activities.h"
#include "tools/gen/after_sales.h"
#include "tools/gen/days.h"
#include "tools/gen/deals.h"
#include "tools/gen/leads.h"
#include "tools/gen/quotas.h"
#include "tools/gen/rep_records.h"

namespace quotacast::gen {
namespace {

constexpr int kQuartersAfter = 2;

std::string Quoted(std::string_view text) { return absl::StrCat("\"", std::string(text), "\""); }
std::string Date(absl::CivilDay day) { return Quoted(FormatIsoDate(day)); }

template <typename Container>
std::string Numbers(const Container& numbers) {
  return absl::StrCat("[",
                      absl::StrJoin(numbers, ", ",
                                    [](std::string* out, double number) {
                                      absl::StrAppendFormat(out, "%.8g", number);
                                    }),
                      "]");
}

std::string List(const std::vector<std::string>& items) {
  if (items.empty()) return "[]";
  return absl::StrCat("[\n    ", absl::StrJoin(items, ",\n    "), "\n  ]");
}

// Members of one object, in the order in which they are added.
class Object {
 public:
  Object& Raw(std::string_view name, std::string_view json) {
    members_.push_back(absl::StrCat(Quoted(name), ": ", std::string(json)));
    return *this;
  }
  Object& Text(std::string_view name, std::string_view text) { return Raw(name, Quoted(text)); }
  Object& Number(std::string_view name, double number) {
    return Raw(name, absl::StrFormat("%.8g", number));
  }
  Object& Count(std::string_view name, int64_t count) { return Raw(name, absl::StrCat(count)); }
  Object& Day(std::string_view name, absl::CivilDay day) { return Raw(name, Date(day)); }

  std::string OnOneLine() const { return absl::StrCat("{", absl::StrJoin(members_, ", "), "}"); }
  std::string OnLines() const {
    return absl::StrCat("{\n  ", absl::StrJoin(members_, ",\n  "), "\n}\n");
  }

 private:
  std::vector<std::string> members_;
};

std::string Segments(const Company& company) {
  std::vector<std::string> items;
  for (const SegmentTruth& segment : company.segments) {
    items.push_back(Object()
                        .Text("id", segment.id)
                        .Number("creation_per_week", segment.creation_per_week)
                        .Raw("advance_probability", Numbers(segment.advance_probability))
                        .Number("dwell_shape", kDwellShape)
                        .Raw("dwell_scale_weeks", Numbers(segment.dwell_scale_weeks))
                        .Number("amount_median", segment.amount_median)
                        .Number("amount_log_sd", segment.amount_log_sd)
                        .OnOneLine());
  }
  return List(items);
}

std::string DealProcess(const Company& company) {
  return Object()
      .Number("skip_share", kSkipShare)
      .Number("fall_back_share", kFallBackShare)
      .Number("never_closing_share", kNeverClosingShare)
      .Number("reopened_share", kReopenedShare)
      .Number("won_to_lost_share", kWonToLostShare)
      .Number("deleted_share", kDeletedShare)
      .Number("duplicate_share", kDuplicateShare)
      .Number("split_share", kSplitShare)
      .Number("revision_share", kRevisionShare)
      .Number("revision_log_mean", kRevisionLogMean)
      .Number("revision_log_sd", kRevisionLogSd)
      .Number("booked_log_mean", kBookedLogMean)
      .Number("booked_log_sd", kBookedLogSd)
      .Number("reassigned_probit", kReassignedShift)
      .Number("reopened_probit", kReopenedShift)
      .Number("discovery_probit_per_point", kDiscoveryShiftPerPoint)
      .Number("renewal_share", kRenewalShare)
      .Number("expansion_share", kExpansionShare)
      .Day("clean_up", company.clean_up)
      .Count("clean_up_age_days", kCleanUpAgeDays)
      .OnOneLine();
}

std::string Bunching() {
  return Object()
      .Count("rush_days", kRushDays)
      .Count("held_back_days", kHeldBackDays)
      .Number("held_back_share", kHeldBackShare)
      .Count("pulled_forward_days", kPulledForwardDays)
      .Number("pulled_forward_share", kPulledForwardShare)
      .OnOneLine();
}

std::string Leads() {
  std::vector<std::string> items;
  for (const ResponseClass& response : kResponses) {
    items.push_back(Object()
                        .Text("id", response.id)
                        .Number("share", response.share)
                        .Count("from_business_minutes", response.from_minutes)
                        .Count("to_business_minutes", response.to_minutes)
                        .Number("conversion", response.conversion)
                        .OnOneLine());
  }
  return List(items);
}

std::string PeopleProcess(const Company& company) {
  std::vector<std::string> bands;
  for (const AttritionBand& band : kAttrition) {
    bands.push_back(Object()
                        .Count("from_month", band.from_month)
                        .Number("monthly_hazard", band.monthly_hazard)
                        .OnOneLine());
  }
  return Object()
      .Number("ability_probit_sd", kAbilitySd)
      .Number("pace_log_sd", kPaceLogSd)
      .Number("ramp_silent_weeks", kRampSilentWeeks)
      .Raw("ramp_weeks", Numbers(std::array<double, 2>{kRampWeeksLow, kRampWeeksHigh}))
      .Number("leaves_per_year", kLeavesPerYear)
      .Day("reorganised", company.people.reorganised)
      .Number("plan_share_of_street_quotas", kPlanShare)
      .Number("quota_growth_per_year", kQuotaGrowthPerYear)
      .Number("forecast_log_sd", kForecastLogSd)
      .Raw("attrition", absl::StrCat("[", absl::StrJoin(bands, ", "), "]"))
      .OnOneLine();
}

const char* TemperWord(Temper temper) {
  switch (temper) {
    case Temper::kSandbagger:
      return "sandbagger";
    case Temper::kFair:
      return "fair";
    case Temper::kHappyEars:
      return "happy_ears";
  }
  return "";
}

std::string Reps(const Company& company) {
  std::vector<std::string> items;
  for (size_t i = 0; i < company.people.reps.size(); ++i) {
    const Rep& rep = company.people.reps[i];
    Object object;
    object.Text("id", rep.id)
        .Number("ability", rep.ability)
        .Number("pace", rep.pace)
        .Number("ramp_weeks", rep.ramp_weeks)
        .Text("temper", TemperWord(rep.temper))
        .Number("forecast_log_bias", LogBias(rep.temper))
        .Number("promise_keeping", rep.promise_keeping)
        .Text("territory_id", company.people.seats[rep.seat].territory_id)
        .Day("start", rep.start);
    if (rep.end.has_value()) object.Day("end", *rep.end);
    for (const Initiative& initiative : company.initiatives) {
      object.Number(absl::StrCat("adoption_of_", initiative.id), initiative.adoption_of_rep[i]);
    }
    items.push_back(object.OnOneLine());
  }
  return List(items);
}

std::string MarketFactors(const Company& company) {
  std::vector<std::string> items;
  const Market& market = company.market;
  for (size_t i = 0; i < market.factors.size(); ++i) {
    Object teams;
    for (size_t team = company.people.region_count; team < company.people.teams.size(); ++team) {
      teams.Number(company.people.teams[team].id, market.team_factors[team][i]);
    }
    items.push_back(Object()
                        .Text("period", QuarterName(market.first_quarter + static_cast<int>(i)))
                        .Number("factor", market.factors[i])
                        .Raw("teams", teams.OnOneLine())
                        .OnOneLine());
  }
  return List(items);
}

std::string Waves(const Company& company, const Initiative& initiative) {
  std::vector<std::string> items;
  for (const Wave& wave : initiative.waves) {
    std::vector<std::string> territories;
    for (const int seat : wave.seats) {
      territories.push_back(Quoted(company.people.seats[seat].territory_id));
    }
    items.push_back(
        Object()
            .Day("start", wave.start)
            .Text("audience", wave.audience)
            .Raw("territory_ids", absl::StrCat("[", absl::StrJoin(territories, ", "), "]"))
            .OnOneLine());
  }
  return absl::StrCat("[", absl::StrJoin(items, ", "), "]");
}

std::string Initiatives(const Company& company) {
  std::vector<std::string> items;
  for (const Initiative& initiative : company.initiatives) {
    std::vector<std::string> stages;
    for (const int stage : initiative.stages) stages.push_back(Quoted(kStageIds[stage]));
    const bool is_win = initiative.driver == Driver::kWin;
    items.push_back(Object()
                        .Text("id", initiative.id)
                        .Text("name", initiative.name)
                        .Text("driver", is_win ? "win" : "creation by prospecting")
                        .Text("scale", is_win ? "probit" : "log")
                        .Number("effect", initiative.effect)
                        .Raw("stages", absl::StrCat("[", absl::StrJoin(stages, ", "), "]"))
                        .Number("adoption_weeks", kAdoptionWeeks)
                        .Raw("waves", Waves(company, initiative))
                        .OnOneLine());
  }
  return List(items);
}

int LastQuarter(const Company& company, const Ledger& ledger) {
  const int last = QuarterOf(company.options.last_day) + kQuartersAfter;
  return std::min(last, ledger.first_quarter + static_cast<int>(ledger.total.size()) - 1);
}

std::string Bookings(const Company& company, const Ledger& ledger) {
  std::vector<std::string> items;
  for (int quarter = ledger.first_quarter; quarter <= LastQuarter(company, ledger); ++quarter) {
    items.push_back(Object()
                        .Text("period", QuarterName(quarter))
                        .Count("bookings", ledger.total[quarter - ledger.first_quarter])
                        .OnOneLine());
  }
  return List(items);
}

// What the reps book in the quarter of the last day and in the two after it.
std::string Outcomes(const Company& company, const Ledger& ledger) {
  std::vector<std::string> items;
  for (int quarter = QuarterOf(company.options.last_day); quarter <= LastQuarter(company, ledger);
       ++quarter) {
    const auto index = static_cast<size_t>(quarter - ledger.first_quarter);
    for (size_t rep = 0; rep < company.people.reps.size(); ++rep) {
      if (ledger.owned[rep][index] == 0 && ledger.credited[rep][index] == 0) continue;
      items.push_back(Object()
                          .Text("rep_id", company.people.reps[rep].id)
                          .Text("period", QuarterName(quarter))
                          .Count("owned", ledger.owned[rep][index])
                          .Count("credited", ledger.credited[rep][index])
                          .OnOneLine());
    }
  }
  return List(items);
}

}  // namespace

std::string TruthJson(const Company& company, const Ledger& ledger) {
  return Object()
      .Raw("seed", absl::StrCat(company.options.seed))
      .Count("seats", company.options.rep_count)
      .Day("start", company.options.start)
      .Day("last_day", company.options.last_day)
      .Raw("segments", Segments(company))
      .Raw("season_by_month", Numbers(kSeason))
      .Raw("deal_process", DealProcess(company))
      .Raw("quarter_end", Bunching())
      .Number("lead_share_of_new_deals", kLeadShare)
      .Raw("lead_responses", Leads())
      .Raw("people_process", PeopleProcess(company))
      .Raw("reps", Reps(company))
      .Number("market_probit_sd", kMarketSd)
      .Number("team_probit_sd", kTeamSd)
      .Raw("market", MarketFactors(company))
      .Raw("initiatives", Initiatives(company))
      .Raw("true_bookings", Bookings(company, ledger))
      .Raw("true_bookings_by_rep", Outcomes(company, ledger))
      .OnLines();
}

absl::Status WriteTruth(const Company& company, const Ledger& ledger, const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "truth.json").string();
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << TruthJson(company, ledger);
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

}  // namespace quotacast::gen
