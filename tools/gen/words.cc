#include "tools/gen/words.h"

#include <algorithm>
#include <array>

#include "tools/gen/days.h"

namespace quotacast::gen {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr std::array<const char*, 8> kProblems = {"spreadsheets break at month end",
                                                  "orders are keyed in twice",
                                                  "nobody trusts the stock figures",
                                                  "audit wants a trail",
                                                  "plants report in different ways",
                                                  "quotes take a week",
                                                  "",
                                                  ""};
constexpr std::array<const char*, 4> kCompetitors = {"Corvus", "Brightline", "Tessera", "in-house"};
constexpr int kQuotaLeadDays = 14;

}  // namespace

Motion MotionOf(const Deal& deal, const Ledger& ledger) {
  if (deal.origin.motion != Motion::kNew) return deal.origin.motion;
  const bool is_customer = ledger.first_win[deal.origin.account] < deal.origin.created - kEpoch;
  return is_customer ? Motion::kExpansion : Motion::kNew;
}

const char* SourceOf(const Deal& deal) {
  if (deal.origin.lead != nullptr) return kLeadSources[deal.origin.lead->source].id;
  return deal.origin.motion == Motion::kNew ? "prospecting" : "customer";
}

const char* ProblemOf(const Deal& deal) { return kProblems[deal.origin.key % kProblems.size()]; }

const char* CompetitorOf(const Deal& deal) {
  return kCompetitors[deal.origin.key / 8 % kCompetitors.size()];
}

const char* MotionWord(Motion motion) {
  switch (motion) {
    case Motion::kNew:
      return "new";
    case Motion::kExpansion:
      return "expansion";
    case Motion::kRenewal:
      return "renewal";
  }
  return "";
}

const char* FieldWord(Field field) {
  switch (field) {
    case Field::kAmount:
      return "amount";
    case Field::kExpectedClose:
      return "expected_close_date";
    case Field::kOwner:
      return "rep_id";
    case Field::kCategory:
      return "forecast_category";
  }
  return "";
}

const char* CategoryWord(Category category) {
  switch (category) {
    case Category::kPipeline:
      return "pipeline";
    case Category::kBestCase:
      return "best_case";
    case Category::kCommit:
      return "commit";
  }
  return "";
}

absl::CivilDay QuotaDay(const Company& company, const Quota& quota) {
  const absl::CivilDay day = QuarterStart(quota.quarter) - kQuotaLeadDays;
  return std::clamp(day, company.options.start, company.options.last_day);
}

}  // namespace quotacast::gen
