#include "services/simulation/sentences.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/string_views.h"
#include "services/simulation/capacity_limits.h"
#include "services/simulation/won_cycle.h"
#include "simulator/model/quotas.h"

namespace quotacast::simulation {
namespace {

// Won deals from which a forecast is given.
constexpr int kWonCountNeeded = 20;
constexpr double kHalf = 0.5;

std::string WithThousands(int64_t value) {
  std::string digits = absl::StrCat(value);
  for (int64_t i = static_cast<int64_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), 1, ',');
  }
  return digits;
}

// "1 open deal", "3 open deals".
std::string Counted(int64_t count, std::string_view noun) {
  return absl::StrCat(WithThousands(count), " ", AbslView(noun), count == 1 ? "" : "s");
}

double QuantileAt(const simulator::DistributionSummary& summary, double probability) {
  for (const simulator::QuantileValue& quantile : summary.quantiles) {
    if (std::abs(quantile.probability - probability) < 1e-9) return quantile.value;
  }
  // All of kReportedQuantiles are always there.
  std::abort();
}

std::string Quoted(std::string_view name) { return absl::StrCat("`", AbslView(name), "`"); }

void AddDataWarnings(const Business& business, std::vector<std::string>& warnings) {
  const simulator::FitEvidence& evidence = business.model.evidence;
  if (evidence.tier == simulator::DataTier::kThin) {
    warnings.push_back(absl::StrFormat(
        "The history is thin: %s won of %s created over %.1f quarters. Ranges are wide and lean "
        "on general experience.",
        WithThousands(evidence.won_count), Counted(evidence.created_count, "deal"),
        evidence.quarter_count));
  }
  if (business.reconstructed) {
    warnings.push_back(
        "The history was imported after it happened: only values dated by the source count, and "
        "what the CRM has since overwritten is not seen as it was then.");
  }
  if (evidence.undated_count > 0) {
    warnings.push_back(absl::StrCat(Counted(evidence.undated_count, "deal"), " without any date ",
                                    evidence.undated_count == 1 ? "is" : "are", " left out."));
  }
  if (business.deals_without_amount_count > 0) {
    warnings.push_back(
        absl::StrCat(WithThousands(business.deals_without_amount_count), " of ",
                     Counted(static_cast<int64_t>(business.state.open_deals.size()), "open deal"),
                     " state no amount; it is drawn from the amounts of won deals."));
  }
}

void AddQuotaWarning(const Business& business, const simulator::Scenario& scenario,
                     const RunSpec& run, std::vector<std::string>& warnings) {
  const simulator::PersonQuotas quotas = simulator::QuotasOf(business.state, scenario);
  const auto reps_end = quotas.begin() + static_cast<ptrdiff_t>(business.state.reps.size());
  const auto without = std::count_if(quotas.begin(), reps_end, [&run](const auto& of_rep) {
    return !of_rep[run.period].has_value();
  });
  const std::string& period = business.state.periods[run.period].name;
  if (without == static_cast<int64_t>(business.state.reps.size())) {
    warnings.push_back(absl::StrCat("No rep has a quota for ", period,
                                    ", so no chance of reaching one is given."));
  } else if (without > 0) {
    warnings.push_back(
        absl::StrCat(WithThousands(without), " of ",
                     Counted(static_cast<int64_t>(business.state.reps.size()), "rep"), " ",
                     without == 1 ? "has" : "have", " no quota for ", period,
                     "; their bookings count, the share of reps at quota leaves them out."));
  }
}

void AddScenarioWarnings(const Business& business, const simulator::Scenario& scenario,
                         const RunSpec& run, std::vector<std::string>& warnings) {
  const FiscalPeriod& period = business.state.periods[run.period];
  for (const simulator::Initiative& initiative : scenario.initiatives) {
    if (initiative.start >= period.end) {
      warnings.push_back(absl::StrCat("Initiative ", Quoted(initiative.key), " starts on ",
                                      FormatIsoDate(initiative.start), ", after ", period.name,
                                      ", and changes nothing in it."));
    } else if (initiative.start <= business.state.as_of) {
      warnings.push_back(absl::StrCat(
          "Initiative ", Quoted(initiative.key), " began on ", FormatIsoDate(initiative.start),
          "; only what is taken up after ", FormatIsoDate(business.state.as_of),
          " counts, the rest is in the history."));
    }
  }
  const auto too_late = [&](absl::CivilDay start, const std::string& what) {
    if (start < period.end) return;
    warnings.push_back(
        absl::StrCat(what, " is after ", period.name, " and changes nothing in it."));
  };
  const auto rep = [&](int position) { return Quoted(business.state.reps[position].key); };
  for (const simulator::Departure& departure : scenario.departures) {
    too_late(departure.end, absl::StrCat("The departure of ", rep(departure.rep)));
  }
  for (const simulator::Absence& absence : scenario.absences) {
    too_late(absence.start, absl::StrCat("The absence of ", rep(absence.rep)));
  }
  for (const simulator::DemandShock& shock : scenario.demand_shocks) {
    too_late(shock.start,
             absl::StrCat("The change of demand from ", FormatIsoDate(shock.start), " on"));
    if (shock.start > business.state.as_of) continue;
    warnings.push_back(absl::StrCat("The change of demand that began on ",
                                    FormatIsoDate(shock.start),
                                    " counts in full, also what of it is in the history."));
  }
  for (const simulator::Hire& hire : scenario.hires) {
    if (hire.start > period.start && hire.start < period.end) {
      warnings.push_back(absl::StrCat("Hire ", Quoted(hire.key), " starts inside ", period.name,
                                      " and carries no quota in it."));
    }
  }
  for (const simulator::CapacityLimit& limit : scenario.capacity_limits) {
    if (!limit.start.has_value()) continue;
    too_late(*limit.start,
             absl::StrCat("The capacity limit from ", FormatIsoDate(*limit.start), " on"));
  }
  if (auto note = CapacityNote(business, scenario, period.end); note.has_value()) {
    warnings.push_back(*std::move(note));
  }
}

}  // namespace

std::string PercentText(double probability) {
  if (probability < 0.005) return "under 1 %";
  if (probability >= 0.995) return "over 99 %";
  return absl::StrCat(std::llround(100 * probability), " %");
}

std::string AmountText(double minor_units, const CurrencyUnit& currency) {
  const int64_t major = std::llround(minor_units / static_cast<double>(currency.minor_per_major()));
  return absl::StrCat(major < 0 ? "-" : "", currency.code, " ", WithThousands(std::abs(major)));
}

std::string SimulatedAmountText(double minor_units, const CurrencyUnit& currency) {
  const double major = minor_units / static_cast<double>(currency.minor_per_major());
  double unit = 1;
  while (std::abs(major) / unit >= 1000) unit *= 10;
  return AmountText(
      std::round(major / unit) * unit * static_cast<double>(currency.minor_per_major()), currency);
}

std::string ForecastSentence(const simulator::EntityPeriodForecast& org, const Business& business,
                             const RunSpec& run) {
  const std::string& period = business.state.periods[run.period].name;
  const std::string range =
      absl::StrCat("half of the outcomes lie between ",
                   SimulatedAmountText(QuantileAt(org.bookings, 0.25), business.currency), " and ",
                   SimulatedAmountText(QuantileAt(org.bookings, 0.75), business.currency), ".");
  if (!org.attain_probability.has_value() || !org.quota_minor_units.has_value()) {
    return absl::StrCat("The organisation books ",
                        SimulatedAmountText(org.bookings.mean.value, business.currency), " in ",
                        period, " on average; ", range);
  }
  return absl::StrCat("The chance that the organisation books its ", period, " quota of ",
                      AmountText(static_cast<double>(*org.quota_minor_units), business.currency),
                      " is ", PercentText(org.attain_probability->value), "; ", range);
}

std::string ComparisonSentence(const simulator::PairedDifference& org_difference,
                               const simulator::EntityPeriodForecast& org_a,
                               const simulator::EntityPeriodForecast& org_b,
                               std::string_view name_a, std::string_view name_b,
                               const Business& business) {
  if (org_difference.tie_probability.value == 1) {
    return absl::StrCat(Quoted(name_b), " books the same as ", Quoted(name_a),
                        " in every outcome.");
  }
  const double mean = org_difference.difference.mean.value;
  std::string text = absl::StrCat(
      Quoted(name_b), " books ", SimulatedAmountText(std::abs(mean), business.currency),
      mean < 0 ? " less than " : " more than ", Quoted(name_a), " on average and more in ",
      PercentText(org_difference.better_probability.value), " of the outcomes");
  if (org_a.attain_probability.has_value() && org_b.attain_probability.has_value()) {
    absl::StrAppend(&text, "; the chance of the quota goes from ",
                    PercentText(org_a.attain_probability->value), " to ",
                    PercentText(org_b.attain_probability->value));
  }
  absl::StrAppend(&text, ".");
  return text;
}

std::vector<std::string> Warnings(const Business& business, const simulator::Scenario& scenario,
                                  const RunSpec& run, int64_t clamped_count) {
  std::vector<std::string> warnings;
  AddDataWarnings(business, warnings);
  AddQuotaWarning(business, scenario, run, warnings);
  if (run.step_days == 7 && business.short_cycle_share > kHalf) {
    warnings.push_back(absl::StrCat(
        PercentText(business.short_cycle_share), " of wins come within ", kShortWonCycleDays,
        " days of creation: steps of one day (step_days 1) follow them more exactly."));
  }
  AddScenarioWarnings(business, scenario, run, warnings);
  if (clamped_count > 0) {
    warnings.push_back(
        absl::StrCat(WithThousands(clamped_count),
                     " draws lay outside the range of the tables and were moved to its edge."));
  }
  return warnings;
}

std::string UnpaidWarning(int64_t unpaid, int64_t people, std::string_view period) {
  return absl::StrCat(WithThousands(unpaid), " of ", Counted(people, "rep"), " ",
                      unpaid == 1 ? "is" : "are", " paid by no compensation plan in ",
                      AbslView(period), ": without a quota, or in no plan's audience.");
}

std::string UncountedDealsWarning(int64_t counted, int64_t uncounted) {
  return absl::StrCat("Drivers are looked for among the ", WithThousands(counted),
                      " largest open deals; ", Counted(uncounted, "smaller one"),
                      uncounted == 1 ? " is" : " are", " left out.");
}

std::string RefusalMessage(const metrics::v1::FitEvidence& evidence) {
  return absl::StrCat("The history has ", Counted(evidence.won_count(), "won deal"), " (",
                      Counted(evidence.created_count(), "deal"), " created over ",
                      absl::StrFormat("%.1f", evidence.quarter_count()),
                      " quarters); an honest forecast needs at least ", kWonCountNeeded,
                      " won deals. Import more history, or wait for more deals to close.");
}

}  // namespace quotacast::simulation
