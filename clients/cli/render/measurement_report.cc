#include "clients/cli/render/measurement_report.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"
#include "quotacast/type/v1/measurement.pb.h"

namespace quotacast::cli {
namespace {

using type::v1::InitiativeMeasurement;
using type::v1::NormalEffect;

// Half of the width of an 80 % interval, in standard deviations.
constexpr double kEightyPercent = 1.2816;

bool ActsOnWins(const InitiativeMeasurement& measurement) {
  return measurement.driver() == type::v1::INITIATIVE_DRIVER_WIN;
}

std::string EffectText(const NormalEffect& effect) {
  return absl::StrFormat("%+.2f ± %.2f", effect.mean(), effect.sd());
}

// What an effect comes to: where the win side takes an even chance, by how much creation rises.
std::string Amount(const InitiativeMeasurement& measurement, double effect) {
  if (ActsOnWins(measurement)) {
    return FormatPercent(0.5 * std::erfc(-effect * M_SQRT1_2), 0);
  }
  return absl::StrFormat("%+.0f %%", 100 * std::expm1(effect));
}

std::string Sentence(const InitiativeMeasurement& measurement) {
  if (!measurement.has_history()) {
    return absl::StrCat("The history does not tell: ", measurement.note(), ".");
  }
  const NormalEffect& history = measurement.history();
  const double low = history.mean() - kEightyPercent * history.sd();
  const double high = history.mean() + kEightyPercent * history.sd();
  const char* verdict = low > 0    ? "The history shows it works"
                        : high < 0 ? "The history shows it does harm"
                                   : "The history does not tell it from nothing";
  return absl::StrCat(
      verdict, ": at full adoption ",
      ActsOnWins(measurement) ? "an even chance becomes " : "deals created change by ",
      Amount(measurement, history.mean()), " (likely range ", Amount(measurement, low), " to ",
      Amount(measurement, high), ").");
}

std::string ActsOn(const InitiativeMeasurement& measurement) {
  if (!ActsOnWins(measurement)) return "deals created";
  if (measurement.stage_ids_size() == 0) return "winning";
  std::string text = "winning in ";
  for (int i = 0; i < measurement.stage_ids_size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", Printable(measurement.stage_ids(i)));
  }
  return text;
}

std::string One(const InitiativeMeasurement& measurement, const Terminal& terminal) {
  std::string text = absl::StrCat(
      Paint(absl::StrCat(Printable(measurement.initiative_id()), ": ", ActsOn(measurement)),
            Style::kHeading, terminal),
      "\n", Wrap(Sentence(measurement), terminal.width_columns, "  "));
  Table table({{""}, {"Effect", Align::kRight}, {"Rests on"}});
  table.AddRow({"  stated", EffectText(measurement.stated()), "the scenario"});
  if (measurement.has_history()) {
    table.AddRow({"  history", EffectText(measurement.history()),
                  absl::StrCat(FormatCount(measurement.treated_count()), " ",
                               Printable(measurement.sample_unit()), " with it, ",
                               FormatCount(measurement.untreated_count()), " without")});
  }
  table.AddRow({"  both", EffectText(measurement.combined()), ""});
  absl::StrAppend(
      &text, table.Render(terminal),
      Wrap(absl::StrCat(FormatPercent(measurement.adopted_share(), 0), " adopted by now; ",
                        FormatPercent(measurement.absorbed_share(), 0),
                        " of that is in the model's rates already. Forecasts count what is "
                        "adopted from now on."),
           terminal.width_columns, "  "));
  return text;
}

}  // namespace

std::string MeasurementReport(const simulation::v1::MeasureInitiativesResponse& response,
                              const Terminal& terminal) {
  std::string text = absl::StrCat("Initiatives in the history up to ",
                                  FormatDate(response.as_of().effective_date()), "\n");
  for (const InitiativeMeasurement& measurement : response.measurements()) {
    absl::StrAppend(&text, "\n", One(measurement, terminal));
  }
  if (response.measurements_size() > 0) {
    absl::StrAppend(
        &text, "\n",
        Wrap("Effects are those of full adoption, on the probit scale of a stage for winning and "
             "as a logarithm for creation; ± is a standard deviation. Those who take part are "
             "compared with themselves before and with the others at the same time; who was "
             "chosen for it, and why, is not known.",
             terminal.width_columns));
  }
  for (const std::string& note : response.notes()) {
    absl::StrAppend(&text, Wrap(Printable(note), terminal.width_columns, "note: "));
  }
  return text;
}

}  // namespace quotacast::cli
