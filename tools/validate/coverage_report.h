// Coverage as a table for people, and as JSON.
#ifndef QUOTACAST_TOOLS_VALIDATE_COVERAGE_REPORT_H_
#define QUOTACAST_TOOLS_VALIDATE_COVERAGE_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "tools/validate/interval_tally.h"

namespace quotacast::validate {

// How far calibrated coverage may be off, beside chance (IsWithin).
inline constexpr double kTolerance = 0.05;

// One suite's figures. Quantities in `reported_only` are shown and not judged; why is said in docs.
struct Suite {
  std::string name;
  std::string sample;  // What was looked at, in words.
  std::map<std::string, Coverage> quantities;
  std::vector<std::string> reported_only;
  std::vector<std::string> notes;

  bool Judges(const std::string& quantity) const;
  bool Passes() const;
};

std::string TextOf(const Suite& suite);
std::string JsonOf(const std::vector<Suite>& suites);

}  // namespace quotacast::validate

#endif  // QUOTACAST_TOOLS_VALIDATE_COVERAGE_REPORT_H_
