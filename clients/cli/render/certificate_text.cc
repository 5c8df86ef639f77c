#include "clients/cli/render/certificate_text.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/style.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/render/text_width.h"
#include "clients/cli/render/wrap.h"

namespace quotacast::cli {
namespace {

// Enough of a hash to tell two apart; --json has all of it.
constexpr int kHashDigits = 12;

std::string TierText(type::v1::DataTier tier) {
  switch (tier) {
    case type::v1::DATA_TIER_FULL:
      return "enough history";
    case type::v1::DATA_TIER_THIN:
      return "thin history";
    case type::v1::DATA_TIER_BENCHMARK_ONLY:
      return "too little history";
    default:
      return "history not judged";
  }
}

std::string ErrorsText(const type::v1::Estimate& headline, bool unicode) {
  const char* sign = unicode ? "±" : "+/-";
  return absl::StrFormat(
      "; P(quota) %s %.1f points by chance, %s %.1f by what the history cannot tell", sign,
      100 * headline.monte_carlo_error(), sign, 100 * headline.parameter_sd());
}

// What the last back-test of the workspace says of forecasts like this one.
std::string TrackRecordText(const type::v1::TrackRecord& record) {
  std::string text = absl::StrCat(
      CountOf(record.forecast_count(), "forecast"), " of ",
      CountOf(record.period_count(), "past period"), " back-tested: ",
      absl::StrFormat("%.0f %% of outcomes inside the 80 %% interval", 100 * record.coverage_80()));
  if (record.has_skill()) {
    const double percent = 100 * record.skill();
    absl::StrAppend(
        &text, ", ",
        absl::StrFormat("%.0f %% %s than ", std::fabs(percent), percent < 0 ? "worse" : "better"),
        record.baseline());
  }
  if (record.directional()) text += "; directional, as fewer than 8 periods are";
  return text;
}

}  // namespace

std::string AsOfText(const type::v1::AsOf& as_of) {
  return absl::StrCat("as of ", FormatDate(as_of.effective_date()));
}

std::string CertificateText(const type::v1::Certificate& certificate,
                            const type::v1::Estimate* headline, const Terminal& terminal) {
  std::string data = AsOfText(certificate.as_of());
  if (certificate.as_of().has_recorded_time()) {
    absl::StrAppend(&data, ", known by ", FormatInstant(certificate.as_of().recorded_time()));
  }
  absl::StrAppend(&data, " (event ", FormatCount(certificate.as_of().log_offset()), "); ",
                  TierText(certificate.data_tier()));
  if (certificate.reconstructed()) data += "; past reconstructed from an import";
  const std::string model =
      absl::StrCat(certificate.model_hash().substr(0, kHashDigits), ", ",
                   CountOf(certificate.draw_count(), "parameter draw"), "; scenario ",
                   certificate.scenario_hash().substr(0, kHashDigits));
  const std::string run = absl::StrCat(
      "seed ", certificate.seed(), ", ", CountOf(certificate.trial_count(), "trial"), ", engine ",
      certificate.engine_id(), headline == nullptr ? "" : ErrorsText(*headline, terminal.unicode));
  std::string out;
  const auto add = [&](const char* label, const std::string& text) {
    out += Wrap(Printable(text), terminal.width_columns, Paint(label, Style::kFaint, terminal));
  };
  add("Data   ", data);
  add("Model  ", model);
  add("Run    ", run);
  if (certificate.has_track_record()) {
    add("Record ", TrackRecordText(certificate.track_record()));
  }
  return out;
}

std::string WarningsText(const type::v1::Certificate& certificate, const Terminal& terminal) {
  std::string out;
  for (const std::string& warning : certificate.warnings()) {
    out += Wrap(Printable(warning), terminal.width_columns,
                Paint("note:", Style::kWarning, terminal) + " ");
  }
  return out;
}

}  // namespace quotacast::cli
