#include "tests/validation/coverage_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace quotacast::validation {
namespace {

std::string Ranks(const Coverage& coverage) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double even = static_cast<double>(coverage.count) / kRankBins;
  std::string bars;
  for (const double count : coverage.rank_counts) {
    // Flat is the middle bar.
    const double height = even > 0 ? 4 * count / even : 0;
    bars += kBars[std::clamp(static_cast<int>(std::lround(height)) - 1, 0, 7)];
  }
  return bars;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

bool Suite::Judges(const std::string& quantity) const {
  return std::find(reported_only.begin(), reported_only.end(), quantity) == reported_only.end();
}

bool Suite::Passes() const {
  const bool skilled = std::all_of(skills.begin(), skills.end(),
                                   [](const auto& entry) { return entry.second.value > 0; });
  return skilled && std::all_of(quantities.begin(), quantities.end(), [this](const auto& entry) {
           return !Judges(entry.first) || IsWithin(entry.second, kTolerance);
         });
}

std::string TextOf(const Suite& suite) {
  std::string text = absl::StrCat(suite.name, "\n", suite.sample, "\n\n");
  absl::StrAppendFormat(&text, "  %-34s %7s  %-13s %-13s %-13s %-6s %-11s\n", "", "n", "50 %",
                        "80 %", "95 %", "rank", "ranks");
  for (const auto& [name, coverage] : suite.quantities) {
    absl::StrAppendFormat(&text, "  %-34s %7d ", name, coverage.count);
    for (size_t i = 0; i < kLevels.size(); ++i) {
      absl::StrAppendFormat(&text, " %5.1f +-%4.1f ", 100 * coverage.share[i],
                            200 * coverage.standard_error[i]);
    }
    absl::StrAppendFormat(&text, " %5.2f  %s  %s\n", coverage.mean_rank, Ranks(coverage),
                          !suite.Judges(name)              ? "reported"
                          : IsWithin(coverage, kTolerance) ? "ok"
                                                           : "OFF");
  }
  if (!suite.skills.empty()) absl::StrAppend(&text, "\n  CRPS skill\n");
  for (const auto& [name, skill] : suite.skills) {
    absl::StrAppendFormat(&text, "  %-34s %+.3f +-%.3f  %s\n", name, skill.value,
                          2 * skill.standard_error, skill.value > 0 ? "ok" : "OFF");
  }
  for (const std::string& note : suite.notes) absl::StrAppend(&text, "  ", note, "\n");
  return text;
}

std::string JsonOf(const std::vector<Suite>& suites) {
  std::vector<std::string> parts;
  for (const Suite& suite : suites) {
    std::vector<std::string> quantities;
    for (const auto& [name, coverage] : suite.quantities) {
      std::vector<std::string> levels;
      for (size_t i = 0; i < kLevels.size(); ++i) {
        levels.push_back(absl::StrFormat(R"({"level":%g,"share":%.6g,"standardError":%.6g})",
                                         kLevels[i], coverage.share[i],
                                         coverage.standard_error[i]));
      }
      quantities.push_back(absl::StrFormat(
          R"({"quantity":%s,"count":%d,"companies":%d,"coverage":[%s],"meanRank":%.6g,"rankCounts":[%s],"judged":%s,"within":%s})",
          Quoted(name), coverage.count, coverage.company_count, absl::StrJoin(levels, ","),
          coverage.mean_rank, absl::StrJoin(coverage.rank_counts, ","),
          suite.Judges(name) ? "true" : "false",
          IsWithin(coverage, kTolerance) ? "true" : "false"));
    }
    std::vector<std::string> skills;
    for (const auto& [name, skill] : suite.skills) {
      skills.push_back(absl::StrFormat(R"({"comparison":%s,"skill":%.6g,"standardError":%.6g})",
                                       Quoted(name), skill.value, skill.standard_error));
    }
    parts.push_back(
        absl::StrFormat(R"({"suite":%s,"sample":%s,"passes":%s,"quantities":[%s],"skills":[%s]})",
                        Quoted(suite.name), Quoted(suite.sample), suite.Passes() ? "true" : "false",
                        absl::StrJoin(quantities, ","), absl::StrJoin(skills, ",")));
  }
  return absl::StrCat("[", absl::StrJoin(parts, ","), "]\n");
}

}  // namespace quotacast::validation
