#include "tools/bench/figures.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>

namespace quotacast::bench {

void Figures::AtMost(std::string_view name, double value, double limit) {
  Print(name, value, "<=", limit, value <= limit);
}

void Figures::AtLeast(std::string_view name, double value, double limit) {
  Print(name, value, ">=", limit, value >= limit);
}

void Figures::IsRight(std::string_view name, bool is_right) {
  if (!is_right) ++wrong_count_;
  AtLeast(name, is_right ? 1 : 0, 1);
}

void Figures::Note(std::string_view name, double value) {
  std::printf("%s\t%.6g\t-\tok\n", std::string(name).c_str(), value);
  std::fflush(stdout);
}

void Figures::Print(std::string_view name, double value, std::string_view relation, double limit,
                    bool ok) {
  if (!ok) ++short_count_;  // NaN satisfies neither relation.
  std::printf("%s\t%.6g\t%s%.6g\t%s\n", std::string(name).c_str(), value,
              std::string(relation).c_str(), limit, ok ? "ok" : "short");
  std::fflush(stdout);
}

void SayProgress(std::string_view what) {
  std::fprintf(stderr, "== %s\n", std::string(what).c_str());
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

}  // namespace quotacast::bench
