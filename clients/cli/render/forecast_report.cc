#include "clients/cli/render/forecast_report.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/dot_plot.h"
#include "clients/cli/render/driver_report.h"
#include "clients/cli/render/fan_chart.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

using simulation::v1::EntityForecast;
using simulation::v1::ForecastOutcome;
using simulation::v1::ForecastResult;
using simulation::v1::Level;

std::string PeriodText(const type::v1::FiscalPeriod& period) {
  std::string out = period.name();
  if (IsFullDate(period.start_date()) && IsFullDate(period.end_date())) {
    absl::StrAppend(&out, " (", FormatDate(period.start_date()), " to ",
                    FormatDate(ToCivilDay(period.end_date()) - 1), ")");
  }
  return out;
}

std::string NameOf(const EntityForecast& entity) {
  const std::string& id = entity.entity().entity_id();
  std::string name = entity.display_name().empty() ? id : entity.display_name();
  if (name.empty()) name = "Organisation";
  // The id is what requests name, so it is shown where it is not the name.
  if (!id.empty() && id != name) absl::StrAppend(&name, " [", id, "]");
  if (entity.is_hire()) name += " (hire)";
  return Printable(name);
}

// Where the terminal is too narrow the mean of the worst outcomes goes first.
constexpr int kTailDropOrder = 1;

std::string TailText(const EntityForecast& entity) {
  if (!entity.has_bookings_tail_mean()) return "-";
  const type::v1::Estimate& tail = entity.bookings_tail_mean();
  return FormatAmount(tail.value(), tail.monte_carlo_error());
}

const char* LevelHeader(Level level) {
  switch (level) {
    case simulation::v1::LEVEL_TEAM:
      return "Team";
    case simulation::v1::LEVEL_REP:
      return "Rep";
    default:
      return "Organisation";
  }
}

// "Worst 5 %".
std::string TailHeader(double tail_share) {
  return absl::StrFormat("Worst %.3g %%", 100 * tail_share);
}

bool HasTailMean(const ForecastResult& forecast) {
  return std::any_of(forecast.entities().begin(), forecast.entities().end(),
                     [](const EntityForecast& entity) { return entity.has_bookings_tail_mean(); });
}

std::string LevelTable(const ForecastResult& forecast, Level level, double tail_share,
                       const Terminal& terminal) {
  const std::string error_header = terminal.unicode ? "± pts" : "+/- pts";
  Table table({{LevelHeader(level)},
               {"Quota", Align::kRight},
               {"Booked", Align::kRight},
               {TailHeader(tail_share), Align::kRight, kTailDropOrder},
               {"P10", Align::kRight},
               {"P50", Align::kRight},
               {"P90", Align::kRight},
               {"P(quota)", Align::kRight},
               {error_header, Align::kRight}});
  for (const EntityForecast& entity : forecast.entities()) {
    if (entity.entity().level() != level) continue;
    const double error = entity.bookings().mean().monte_carlo_error();
    const auto quantile = [&](double probability) {
      return FormatAmount(QuantileAt(entity.bookings(), probability), error);
    };
    const bool with_quota = entity.has_quota() && entity.has_attain_probability();
    table.AddRow({NameOf(entity), entity.has_quota() ? FormatAmount(entity.quota()) : "-",
                  FormatAmount(entity.booked()), TailText(entity), quantile(0.1), quantile(0.5),
                  quantile(0.9), with_quota ? FormatProbability(entity.attain_probability()) : "-",
                  with_quota ? FormatPointsError(entity.attain_probability()) : "-"});
  }
  return table.empty() ? "" : table.Render(terminal) + "\n";
}

// What the scenario's compensation plans pay, line by line; empty without plans.
std::string PayoutTable(const ForecastResult& forecast, double tail_share,
                        const Terminal& terminal) {
  Table table(
      {{"Payout"},
       {"Mean", Align::kRight},
       {"P10", Align::kRight},
       {"P50", Align::kRight},
       {"P90", Align::kRight},
       {absl::StrFormat("Dearest %.3g %%", 100 * tail_share), Align::kRight, kTailDropOrder},
       {"Of bookings", Align::kRight, kTailDropOrder}});
  for (const EntityForecast& entity : forecast.entities()) {
    if (!entity.has_payout()) continue;
    const type::v1::Estimate& mean = entity.payout().mean();
    const auto quantile = [&](double probability) {
      return FormatAmount(QuantileAt(entity.payout(), probability), mean.monte_carlo_error());
    };
    const double bookings = entity.bookings().mean().value();
    table.AddRow({NameOf(entity), FormatAmount(mean.value(), mean.monte_carlo_error()),
                  quantile(0.1), quantile(0.5), quantile(0.9),
                  entity.has_payout_tail_mean()
                      ? FormatAmount(entity.payout_tail_mean().value(),
                                     entity.payout_tail_mean().monte_carlo_error())
                      : "-",
                  bookings > 0 ? FormatPercent(mean.value() / bookings) : "-"});
  }
  if (table.empty()) return "";
  return table.Render(terminal) +
         Wrap(absl::StrFormat("What the scenario's compensation plans pay for the period. Dearest "
                              "%.3g %%: mean payout of those outcomes.",
                              100 * tail_share),
              terminal.width_columns) +
         "\n";
}

std::string RepsAtQuotaLine(const ForecastResult& forecast, const Terminal& terminal) {
  if (!forecast.has_reps_at_quota_share() || forecast.eligible_rep_count() == 0) return "";
  const int reps = forecast.eligible_rep_count();
  const auto count = [&](double probability) {
    return std::lround(reps * QuantileAt(forecast.reps_at_quota_share(), probability));
  };
  return Wrap(absl::StrCat(count(0.5), " of ", reps, " (median); ", count(0.1), " to ", count(0.9),
                           " in 8 of 10 outcomes"),
              terminal.width_columns, "Reps at quota: ");
}

std::string Thresholds(const ForecastResult& forecast, const Terminal& terminal) {
  std::string out;
  for (const auto& threshold : forecast.thresholds()) {
    const auto& query = threshold.query();
    std::string line = absl::StrCat(
        "P(", query.entity().entity_id().empty() ? "organisation" : query.entity().entity_id(),
        " books ", FormatMoney(query.amount()));
    if (query.has_by_date()) absl::StrAppend(&line, " by ", FormatDate(query.by_date()));
    absl::StrAppend(&line, ") = ", FormatProbability(threshold.probability()));
    out += Wrap(Printable(line), terminal.width_columns);
  }
  return out;
}

}  // namespace

double QuantileAt(const type::v1::Distribution& distribution, double probability) {
  for (const auto& quantile : distribution.quantiles()) {
    if (std::fabs(quantile.probability() - probability) < 1e-6) return quantile.value();
  }
  return 0;
}

const EntityForecast* OrganisationOf(const ForecastResult& forecast) {
  for (const EntityForecast& entity : forecast.entities()) {
    if (entity.entity().level() == simulation::v1::LEVEL_ORG) return &entity;
  }
  return nullptr;
}

FanChart FanChartOf(const ForecastOutcome& outcome) {
  const ForecastResult& forecast = outcome.forecast();
  FanChart chart;
  chart.currency = forecast.currency_code();
  const EntityForecast* organisation = OrganisationOf(forecast);
  if (organisation != nullptr && organisation->has_quota()) {
    chart.quota = MajorUnits(organisation->quota());
  }
  // The day before the period nothing is booked; by the as-of date it is known what is.
  const google::type::Date& as_of = outcome.certificate().as_of().effective_date();
  if (organisation != nullptr && IsFullDate(as_of) && IsFullDate(forecast.period().start_date())) {
    const absl::CivilDay start =
        std::max(ToCivilDay(as_of), ToCivilDay(forecast.period().start_date()) - 1);
    const double booked = MajorUnits(organisation->booked());
    chart.points.push_back({start, booked, booked, booked, booked, booked});
  }
  for (const auto& point : forecast.org_fan()) {
    if (!IsFullDate(point.date())) continue;
    const absl::CivilDay date = ToCivilDay(point.date());
    if (!chart.points.empty() && date <= chart.points.back().date) continue;
    chart.points.push_back({date, QuantileAt(point.bookings(), 0.1),
                            QuantileAt(point.bookings(), 0.25), QuantileAt(point.bookings(), 0.5),
                            QuantileAt(point.bookings(), 0.75), QuantileAt(point.bookings(), 0.9)});
  }
  return chart;
}

std::string RefusalText(const type::v1::Refusal& refusal, const Terminal& terminal) {
  return Wrap(Printable(refusal.message()), terminal.width_columns,
              Paint("No forecast:", Style::kWarning, terminal) + " ");
}

std::string InitiativeCostText(const ForecastResult& forecast, const Terminal& terminal) {
  if (!forecast.has_initiative_cost()) return "";
  return Wrap(absl::StrCat("Its initiatives cost ", FormatMoney(forecast.initiative_cost()),
                           " up to the end of ", Printable(forecast.period().name()), "."),
              terminal.width_columns);
}

std::string ForecastReport(const ForecastOutcome& outcome, const Terminal& terminal,
                           double tail_share) {
  if (outcome.has_refusal()) {
    return RefusalText(outcome.refusal(), terminal) + "\n" +
           CertificateText(outcome.certificate(), nullptr, terminal) +
           WarningsText(outcome.certificate(), terminal);
  }
  const ForecastResult& forecast = outcome.forecast();
  const EntityForecast* organisation = OrganisationOf(forecast);
  const bool with_quota = organisation != nullptr && organisation->has_attain_probability();
  std::string out = Paint("Forecast of ", Style::kHeading, terminal) +
                    Paint(Printable(PeriodText(forecast.period())), Style::kHeading, terminal) +
                    "\n\n";
  out += Wrap(Printable(forecast.summary()), terminal.width_columns) +
         InitiativeCostText(forecast, terminal);
  if (with_quota) {
    out += "\n" + DotPlot(organisation->attain_probability().value(), "the quota", terminal);
  }
  const std::string chart = RenderFanChart(FanChartOf(outcome), terminal);
  if (!chart.empty()) out += "\n" + chart;
  out +=
      "\n" +
      Wrap(absl::StrCat("Amounts in ", Printable(forecast.currency_code()),
                        ". P10, P50, P90: bookings not exceeded in 1, 5, 9 of 10 outcomes.",
                        HasTailMean(forecast) ? absl::StrCat(" ", TailHeader(tail_share),
                                                             ": mean bookings of those outcomes.")
                                              : ""),
           terminal.width_columns) +
      "\n";
  for (const Level level :
       {simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM, simulation::v1::LEVEL_REP}) {
    out += LevelTable(forecast, level, tail_share, terminal);
  }
  const std::string lines = RepsAtQuotaLine(forecast, terminal) + Thresholds(forecast, terminal);
  if (!lines.empty()) out += lines + "\n";
  out += PayoutTable(forecast, tail_share, terminal);
  const std::string drivers = DriverReport(forecast, terminal);
  if (!drivers.empty()) out += drivers + "\n";
  out += CertificateText(outcome.certificate(),
                         with_quota ? &organisation->attain_probability() : nullptr, terminal);
  return out + WarningsText(outcome.certificate(), terminal);
}

}  // namespace quotacast::cli
