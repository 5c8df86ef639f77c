// Coverage as a table for people, and as JSON.
#ifndef QUOTACAST_TESTS_VALIDATION_COVERAGE_REPORT_H_
#define QUOTACAST_TESTS_VALIDATION_COVERAGE_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "tests/validation/interval_tally.h"

namespace quotacast::validation {

// How far calibrated coverage may be off, beside chance (IsWithin).
inline constexpr double kTolerance = 0.05;

// 1 - CRPS / CRPS of a baseline, with its standard error.
struct Skill {
  double value = 0;
  double standard_error = 0;
};

// One suite's figures. Quantities in `reported_only` are shown and not judged; why is said in docs.
struct Suite {
  std::string name;
  std::string sample;  // What was looked at, in words.
  std::map<std::string, Coverage> quantities;
  std::map<std::string, Skill> skills;
  std::vector<std::string> reported_only;
  std::vector<std::string> notes;

  // All judged coverages are within kTolerance, and all skills above 0.
  bool Judges(const std::string& quantity) const;
  bool Passes() const;
};

std::string TextOf(const Suite& suite);
std::string JsonOf(const std::vector<Suite>& suites);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_COVERAGE_REPORT_H_
