// validate: prints how well estimates and forecasts are calibrated on generated companies.
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/validation/coverage_report.h"
#include "tests/validation/generated_forecasts.h"
#include "tests/validation/interval_tally.h"
#include "tests/validation/planted_initiatives.h"
#include "tests/validation/planted_parameters.h"
#include "tests/validation/planted_people.h"

namespace quotacast::validation {
namespace {

// Rewrites one line of the terminal.
void ShowProgress(const char* what, int done, int total) {
  std::fprintf(stderr, "\r%s: %d of %d companies%s", what, done, total, done == total ? "\n" : "");
  std::fflush(stderr);
}

absl::StatusOr<Suite> PlantedParameters(int company_count, uint64_t seed) {
  absl::StatusOr<IntervalTally> tally = TallyPlantedParameters(
      {.company_count = company_count, .seed = seed, .progress = [](int done, int total) {
         ShowProgress("planted parameters", done, total);
       }});
  if (!tally.ok()) return tally.status();
  Suite suite;
  suite.name = "Planted parameters: do the fit's intervals hold the truth?";
  suite.sample = absl::StrCat(company_count, " generated companies of their own parameters, seed ",
                              seed, "; +- is two standard errors over companies");
  suite.quantities = tally->Summarize();
  // Draws are of the next quarter's pace, which may move; what was planted is constant, and so are
  // the quarters after it.
  suite.reported_only = {"creation of a rep", "deals of a rep in the next quarter"};
  return suite;
}

// Quantities whose ranks are not even, by the chi-square test over tenths of the rank.
std::string UnevenRanks(const Suite& suite) {
  std::string text;
  for (const auto& [name, coverage] : suite.quantities) {
    const double even = static_cast<double>(coverage.count) / kRankBins;
    double chi_square = 0;
    for (const double count : coverage.rank_counts) {
      chi_square += (count - even) * (count - even) / even;
    }
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " ",
                    absl::StrFormat("%.1f", chi_square));
  }
  return absl::StrCat(
      "chi-square of the ranks over tenths (9 degrees of freedom; 1 in 1,000 is "
      "above 27.9): ",
      text);
}

absl::StatusOr<Suite> PlantedPeople(int company_count, uint64_t seed) {
  absl::StatusOr<IntervalTally> tally = TallyPlantedPeople(
      {.company_count = company_count, .seed = seed, .progress = [](int done, int total) {
         ShowProgress("planted people", done, total);
       }});
  if (!tally.ok()) return tally.status();
  Suite suite;
  suite.name = "Simulation-based calibration: truths drawn from the fit's own priors";
  suite.sample = absl::StrCat(company_count,
                              " companies of 24 to 40 reps, two to three years, 255 "
                              "draws each, seed ",
                              seed);
  suite.quantities = tally->Summarize();
  // One block of a quarter per quarter: the fit looks at 8 to 12 of them.
  suite.reported_only = {"spread of ability", "spread of quarters"};
  suite.notes.push_back(UnevenRanks(suite));
  return suite;
}

absl::StatusOr<Suite> PlantedInitiatives(int company_count, uint64_t seed) {
  absl::StatusOr<IntervalTally> tally = TallyPlantedInitiatives(
      {.company_count = company_count, .seed = seed, .progress = [](int done, int total) {
         ShowProgress("planted initiatives", done, total);
       }});
  if (!tally.ok()) return tally.status();
  Suite suite;
  suite.name = "Planted initiatives: does the history tell what they did?";
  suite.sample =
      absl::StrCat(company_count, " companies of the generator, 12 to 36 seats, 11 quarters, seed ",
                   seed, "; ranks in what the history alone says");
  suite.quantities = tally->Summarize();
  return suite;
}

absl::StatusOr<Suite> Forecasts(int company_count, uint64_t seed) {
  absl::StatusOr<GeneratedForecasts> scores = ScoreGeneratedForecasts(
      {.company_count = company_count, .seed = seed, .progress = [](int done, int total) {
         ShowProgress("forecasts", done, total);
       }});
  if (!scores.ok()) return scores.status();
  Suite suite;
  suite.name = "Forecasts: do their intervals hold what came, and are they better than baselines?";
  suite.sample =
      absl::StrCat(company_count,
                   " companies of the generator, whose process is not the model's, four quarters "
                   "each, as of weeks 1, 5 and 9, seed ",
                   seed, "; +- is two standard errors over companies");
  suite.quantities = scores->outcomes.Summarize();
  for (const auto& [name, companies] : scores->scores) {
    std::vector<std::array<double, 2>> sums;
    for (const auto& [company, sum] : companies) sums.push_back(sum);
    const std::optional<ClusteredRatio> ratio = RatioOver(sums);
    if (ratio) suite.skills[name] = {1 - ratio->value, ratio->standard_error};
  }
  suite.notes.push_back(absl::StrCat(scores->refused_count, " replays were refused"));
  return suite;
}

int Run(int argc, char** argv) {
  CLI::App app("Validates estimates and forecasts on generated companies with known truth.");
  int company_count = 120;
  int initiative_company_count = 100;
  int forecast_company_count = 40;
  std::vector<std::string> parts = {"parameters", "people", "initiatives", "forecasts"};
  uint64_t seed = 1;
  bool check = false;
  std::string json_path;
  app.add_option("--companies", company_count, "companies whose parameters are looked for")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  app.add_option("--initiative-companies", initiative_company_count,
                 "companies whose initiatives are measured")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  app.add_option("--parts", parts, "what to validate")
      ->delimiter(',')
      ->check(CLI::IsMember({"parameters", "people", "initiatives", "forecasts"}))
      ->capture_default_str();
  app.add_option("--forecast-companies", forecast_company_count, "companies that are forecast")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  app.add_option("--seed", seed, "seed of the companies")->capture_default_str();
  app.add_flag("--check", check, "exit with 1 when a coverage is off or a skill not positive");
  app.add_option("--json", json_path, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  std::vector<Suite> suites;
  for (const std::string& part : parts) {
    absl::StatusOr<Suite> suite = part == "parameters" ? PlantedParameters(company_count, seed)
                                  : part == "people"   ? PlantedPeople(company_count, seed)
                                  : part == "initiatives"
                                      ? PlantedInitiatives(initiative_company_count, seed)
                                      : Forecasts(forecast_company_count, seed);
    if (!suite.ok()) {
      std::fprintf(stderr, "validate: %s\n", suite.status().ToString().c_str());
      return 2;
    }
    std::printf("%s\n", TextOf(*suite).c_str());
    suites.push_back(*std::move(suite));
  }
  if (!json_path.empty()) {
    std::FILE* const file = std::fopen(json_path.c_str(), "w");
    const std::string json = JsonOf(suites);
    const bool written =
        file != nullptr && std::fwrite(json.data(), 1, json.size(), file) == json.size();
    if (file == nullptr || std::fclose(file) != 0 || !written) {
      std::fprintf(stderr, "validate: cannot write %s\n", json_path.c_str());
      return 2;
    }
  }
  for (const Suite& suite : suites) {
    if (check && !suite.Passes()) {
      std::fprintf(stderr, "validate: %s: coverage is off\n", suite.name.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace quotacast::validation

int main(int argc, char** argv) { return quotacast::validation::Run(argc, argv); }
