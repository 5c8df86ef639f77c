#include "tools/gen/crm_export.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"

namespace quotacast::gen {
namespace {

constexpr std::array<const char*, kStageCount> kStageNames = {"Discovery", "Qualification",
                                                              "Proposal", "Negotiation"};

std::string Date(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? FormatIsoDate(*day) : "";
}

absl::Status WriteFile(const std::string& folder, const std::string& name,
                       const std::string& text) {
  const std::string path = (std::filesystem::path(folder) / name).string();
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

std::string TeamsCsv(const Company& company) {
  std::string text = "team_id,team_name,parent_team_id\n";
  for (const Team& team : company.teams) {
    absl::StrAppend(&text, team.id, ",", team.name, ",", team.parent_id, "\n");
  }
  return text;
}

std::string RepsCsv(const Company& company) {
  std::string text = "rep_id,rep_name,team_id,start_date,end_date\n";
  for (const Rep& rep : company.reps) {
    if (rep.start.has_value() && *rep.start > company.options.last_day) continue;
    absl::StrAppend(&text, rep.id, ",", rep.name, ",", rep.team_id, ",", Date(rep.start), ",",
                    Date(rep.end), "\n");
  }
  return text;
}

std::string ProductsCsv(const Company& company) {
  std::string text = "product_id,product_name,series,list_price\n";
  for (const SegmentTruth& segment : company.segments) {
    absl::StrAppend(&text, segment.product_id, ",Quill ", segment.product_id, ",Quill,",
                    absl::StrFormat("%.2f", segment.amount_median), "\n");
  }
  return text;
}

std::string AccountsCsv(const Company& company) {
  std::string text = "account_id,account_name,industry,location\n";
  for (const Account& account : company.accounts) {
    absl::StrAppend(&text, account.id, ",", account.name, ",", account.industry, ",",
                    account.location, "\n");
  }
  return text;
}

std::string OpportunitiesCsv(const Company& company) {
  std::string text =
      "opportunity_id,rep_id,account_id,product_id,segment,created_date,amount,"
      "expected_close_date\n";
  for (const Deal& deal : company.deals) {
    if (deal.created > company.options.last_day) continue;
    const SegmentTruth& segment = company.segments[deal.segment];
    absl::StrAppend(&text, deal.id, ",", company.reps[deal.rep].id, ",",
                    company.accounts[deal.account].id, ",", segment.product_id, ",", segment.id,
                    ",", FormatIsoDate(deal.created), ",", deal.amount, ".00,",
                    FormatIsoDate(deal.expected_close), "\n");
  }
  return text;
}

std::string StageHistoryCsv(const Company& company) {
  std::string text = "opportunity_id,changed_date,stage,amount\n";
  for (const Deal& deal : company.deals) {
    for (size_t stage = 0; stage < deal.entered.size(); ++stage) {
      if (deal.entered[stage] > company.options.last_day) break;
      absl::StrAppend(&text, deal.id, ",", FormatIsoDate(deal.entered[stage]), ",",
                      kStageNames[stage], ",", deal.amount, ".00\n");
    }
    if (deal.created > company.options.last_day || deal.closed > company.options.last_day) continue;
    absl::StrAppend(&text, deal.id, ",", FormatIsoDate(deal.closed), ",",
                    deal.won ? "Closed Won" : "Closed Lost", ",");
    if (deal.won) absl::StrAppend(&text, deal.booked_amount, ".00");
    text += "\n";
  }
  return text;
}

std::string QuotasCsv(const Company& company) {
  std::string text = "rep,period,amount,currency\n";
  for (const Quota& quota : company.quotas) {
    const Rep& rep = company.reps[quota.rep];
    if (rep.start.has_value() && *rep.start > company.options.last_day) continue;
    absl::StrAppend(&text, rep.id, ",", quota.period, ",", quota.amount, ".00,USD\n");
  }
  return text;
}

template <typename Container>
std::string JsonNumbers(const Container& numbers) {
  return absl::StrCat("[", absl::StrJoin(numbers, ", "), "]");
}

absl::StatusOr<std::string> TruthJson(const Company& company) {
  std::vector<std::string> segments, reps, bookings;
  for (const SegmentTruth& s : company.segments) {
    segments.push_back(absl::StrFormat(
        "    {\"id\": \"%s\", \"creation_per_week\": %g, \"advance_probability\": %s, "
        "\"dwell_shape\": %g, \"dwell_scale_weeks\": %s, \"amount_median\": %g, "
        "\"amount_log_sd\": %g}",
        s.id, s.creation_per_week, JsonNumbers(s.advance_probability), kDwellShape,
        JsonNumbers(s.dwell_scale_weeks), s.amount_median, s.amount_log_sd));
  }
  for (const Rep& rep : company.reps) {
    reps.push_back(absl::StrFormat("    {\"id\": \"%s\", \"ability\": %.6f}", rep.id, rep.ability));
  }
  QC_ASSIGN_OR_RETURN(const FiscalCalendar calendar, FiscalCalendar::MonthStart(1));
  QC_ASSIGN_OR_RETURN(FiscalPeriod period, calendar.PeriodContaining(company.options.start));
  while (period.start <= company.options.last_day + 1) {
    bookings.push_back(absl::StrFormat("    {\"period\": \"%s\", \"bookings\": %d}", period.name,
                                       Bookings(company, period.start, period.end)));
    QC_ASSIGN_OR_RETURN(period, calendar.Next(period));
  }
  return absl::StrFormat(
      "{\n  \"seed\": %d,\n  \"last_day\": \"%s\",\n  \"segments\": [\n%s\n  ],\n"
      "  \"reps\": [\n%s\n  ],\n  \"true_bookings\": [\n%s\n  ]\n}\n",
      company.options.seed, FormatIsoDate(company.options.last_day), absl::StrJoin(segments, ",\n"),
      absl::StrJoin(reps, ",\n"), absl::StrJoin(bookings, ",\n"));
}

}  // namespace

absl::Status WriteCrmExport(const Company& company, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot create ", folder, ": ", error.message()));
  }
  QC_RETURN_IF_ERROR(WriteFile(folder, "teams.csv", TeamsCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "reps.csv", RepsCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "products.csv", ProductsCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "accounts.csv", AccountsCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "opportunities.csv", OpportunitiesCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "stage_history.csv", StageHistoryCsv(company)));
  QC_RETURN_IF_ERROR(WriteFile(folder, "quotas.csv", QuotasCsv(company)));
  QC_ASSIGN_OR_RETURN(const std::string truth, TruthJson(company));
  return WriteFile(folder, "truth.json", truth);
}

}  // namespace quotacast::gen
