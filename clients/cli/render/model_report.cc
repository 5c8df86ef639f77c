#include "clients/cli/render/model_report.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/certificate_text.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/table.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"
#include "quotacast/type/v1/certificate.pb.h"

namespace quotacast::cli {
namespace {

using metrics::v1::ParameterEstimate;
using metrics::v1::PipelineModel;

// How one parameter is introduced. Kinds follow each other in the order of the list.
struct Kind {
  const char* parameter;
  const char* heading;  // Above the first kind of a group; null below it.
  const char* title;
};

constexpr Kind kKinds[] = {
    {"win_probability", "How deals move", "Chance that a new deal is won in the end"},
    {"never_closing_share", nullptr,
     "Share of new deals that are neither won nor lost after two years"},
    {"advance_probability", nullptr, "Share that advances, of deals that leave a stage for good"},
    {"weeks_in_stage", nullptr, "Weeks until half of the deals have left a stage"},
    {"regress_probability", nullptr, "Share that goes back, of deals that leave a stage"},
    {"period_win_factor", "The rhythm of a period",
     "How much faster deals are won than on an average day"},
    {"period_loss_factor", nullptr, "How much faster deals are lost than on an average day"},
    {"creation_per_week", "New deals", "Deals that a fully ramped rep creates in a week"},
    {"creation_season_factor", nullptr, "How much is created in a month against an average one"},
    {"creation_mix_shape", nullptr,
     "Steadiness of a rep's creation (the variance around their rate is one over it)"},
    {"leads_per_week", "Leads", "Leads that come to a fully ramped rep in a week"},
    {"lead_conversion", nullptr, "Share of leads that become deals"},
    {"lead_days", nullptr, "Days until half of the leads that become deals have"},
    {"won_amount_mean", "Amounts", "Mean amount of a won deal"},
    {"amount_revision", nullptr, "Final amount of a won deal over the amount stated in a stage"},
    {"renewal_share", "Customers", "Share of wins with a renewal within two years, won or not"},
    {"renewal_amount_factor", nullptr, "Amount of a won renewal over that of the win it follows"},
    {"expansion_share", nullptr, "Share of wins with an expansion within two years, won or not"},
    {"expansion_amount_factor", nullptr,
     "Amount of a won expansion over that of the win it follows"},
    {"churn_per_year", nullptr, "Customers lost, per customer and year (no renewal won)"},
    {"market_sd", "What deals share (standard deviations on the probit scale of one stage)",
     "Good and bad quarters of the whole company"},
    {"team_sd", nullptr, "Good and bad quarters of a team"},
    {"rep_sd", nullptr, "Lasting differences between reps"},
    {"ramp_weeks", "People", "Weeks until a new rep creates like an experienced one"},
    {"attrition_per_year", nullptr, "Reps who leave, per rep and year"},
    {"rep_effect", nullptr,
     "How much better a rep advances deals than their mix explains (probit)"},
};

bool IsRep(const PipelineModel& model, const ParameterEstimate& estimate) {
  return !estimate.entity_id().empty() &&
         std::find(model.reps().begin(), model.reps().end(), estimate.entity_id()) !=
             model.reps().end() &&
         std::find(model.teams().begin(), model.teams().end(), estimate.entity_id()) ==
             model.teams().end();
}

std::string Figure(const ParameterEstimate& estimate, double value) {
  const std::string& unit = estimate.unit();
  if (unit == "share") return FormatPercent(value, 0);
  if (unit == "weeks" || unit == "days" || unit == "shape") return absl::StrFormat("%.1f", value);
  if (unit == "probit") return absl::StrFormat("%.3f", value);
  if (unit == "factor" || unit.rfind("per ", 0) == 0) {
    return absl::StrFormat("%.2f", value);
  }
  return FormatCount(static_cast<int64_t>(std::llround(value)));  // Money.
}

// What tells a row from the others of its kind; segments only where there are several.
std::string LabelOf(const PipelineModel& model, const ParameterEstimate& estimate) {
  std::string label;
  auto add = [&](const std::string& part) {
    if (part.empty()) return;
    absl::StrAppend(&label, label.empty() ? "" : ", ", Printable(part));
  };
  if (model.segments_size() > 1) add(estimate.segment_id());
  add(estimate.stage_id());
  add(estimate.entity_id());
  add(estimate.part());
  return label.empty() ? "all" : label;
}

std::string RestsOn(const ParameterEstimate& estimate) {
  if (estimate.source() == metrics::v1::ESTIMATE_SOURCE_ASSUMPTION) return "assumption";
  return absl::StrCat(FormatCount(static_cast<int64_t>(std::llround(estimate.sample_count()))), " ",
                      Printable(estimate.sample_unit()));
}

std::string TableOf(const PipelineModel& model, const std::vector<ParameterEstimate>& rows,
                    const Terminal& terminal) {
  Table table({{"Of"},
               {"Estimate", Align::kRight},
               {"Likely range", Align::kRight},
               {"Rests on", Align::kLeft, 1}});
  std::vector<std::string> notes;
  for (const ParameterEstimate& row : rows) {
    const bool has_range = row.low() != row.high();
    table.AddRow(
        {LabelOf(model, row), Figure(row, row.value()),
         has_range ? absl::StrCat(Figure(row, row.low()), " to ", Figure(row, row.high())) : "-",
         RestsOn(row)});
    if (row.note().empty()) continue;
    const bool is_known = std::find(notes.begin(), notes.end(), row.note()) != notes.end();
    if (!is_known) notes.push_back(row.note());
  }
  std::string text = table.Render(terminal);
  // Notes of single rows are told with the row.
  for (const std::string& note : notes) {
    std::string about;
    size_t count = 0;
    for (const ParameterEstimate& row : rows) {
      if (row.note() != note) continue;
      ++count;
      about = LabelOf(model, row);
    }
    const bool is_of_all = count == rows.size();
    text += Wrap(is_of_all ? Printable(note) : absl::StrCat(about, ": ", Printable(note)),
                 terminal.width_columns, "  ");
  }
  return text;
}

std::string EvidenceText(const PipelineModel& model, const Terminal& terminal) {
  const metrics::v1::FitEvidence& evidence = model.evidence();
  std::string text =
      absl::StrCat("Rests on ", CountOf(evidence.created_count(), "deal"), " created, ",
                   FormatCount(evidence.won_count()), " won, ", FormatCount(evidence.lost_count()),
                   " lost and ", FormatCount(evidence.open_count()), " open, over ",
                   absl::StrFormat("%.1f", evidence.quarter_count()), " quarters from ",
                   FormatDate(evidence.window_start_date()), ".");
  switch (evidence.data_tier()) {
    case type::v1::DATA_TIER_BENCHMARK_ONLY:
      absl::StrAppend(&text, " Too little for a forecast: most figures are assumptions.");
      break;
    case type::v1::DATA_TIER_THIN:
      absl::StrAppend(&text, " A thin history: figures lean on assumptions.");
      break;
    default:
      break;
  }
  return Wrap(text, terminal.width_columns);
}

}  // namespace

std::string ModelReport(const PipelineModel& model, bool with_reps, const Terminal& terminal) {
  std::string title = absl::StrCat(Paint("Pipeline model", Style::kHeading, terminal), ", ",
                                   AsOfText(model.as_of()));
  if (!model.currency_code().empty()) absl::StrAppend(&title, ", ", model.currency_code());
  std::string text = Wrap(title, terminal.width_columns) + "\n" + EvidenceText(model, terminal);
  bool any_reps_left_out = false;
  auto rows_of = [&](auto&& is_wanted) {
    std::vector<ParameterEstimate> rows;
    for (const ParameterEstimate& estimate : model.estimates()) {
      if (!is_wanted(estimate)) continue;
      if (IsRep(model, estimate) && !with_reps) {
        any_reps_left_out = true;
        continue;
      }
      rows.push_back(estimate);
    }
    return rows;
  };
  const char* heading = nullptr;
  for (const Kind& kind : kKinds) {
    if (kind.heading != nullptr) heading = kind.heading;
    const std::vector<ParameterEstimate> rows =
        rows_of([&](const auto& estimate) { return estimate.parameter() == kind.parameter; });
    if (rows.empty()) continue;
    if (heading != nullptr) {
      text += "\n" + Wrap(Paint(heading, Style::kHeading, terminal), terminal.width_columns);
      heading = nullptr;
    }
    text += "\n" + Wrap(kind.title, terminal.width_columns) + TableOf(model, rows, terminal);
  }
  const std::vector<ParameterEstimate> others = rows_of([](const ParameterEstimate& estimate) {
    return std::none_of(std::begin(kKinds), std::end(kKinds),
                        [&](const Kind& kind) { return estimate.parameter() == kind.parameter; });
  });
  for (const ParameterEstimate& other : others) {
    text += "\n" + Wrap(Printable(other.parameter()), terminal.width_columns) +
            TableOf(model, {other}, terminal);
  }
  text += "\n" + Wrap(
                     "The likely range holds 80 % of the posterior draws. Assumptions are what is "
                     "typical of companies, where the history does not tell.",
                     terminal.width_columns);
  if (any_reps_left_out) {
    text += Wrap(absl::StrCat(CountOf(model.reps_size(), "rep"), " one by one: --reps."),
                 terminal.width_columns);
  }
  return text;
}

}  // namespace quotacast::cli
