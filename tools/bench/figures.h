// Figures of a benchmark: one line each, and whether any falls short.
#ifndef QUOTACAST_TOOLS_BENCH_FIGURES_H_
#define QUOTACAST_TOOLS_BENCH_FIGURES_H_

#include <string_view>
#include <vector>

namespace quotacast::bench {

// Prints "name<TAB>value<TAB>floor<TAB>ok|short" to stdout. Not thread-safe.
class Figures {
 public:
  void AtMost(std::string_view name, double value, double limit);
  void AtLeast(std::string_view name, double value, double limit);
  // Without a floor.
  void Note(std::string_view name, double value);

  int short_count() const { return short_count_; }

 private:
  void Print(std::string_view name, double value, std::string_view relation, double limit, bool ok);
  int short_count_ = 0;
};

// Middle value; the mean of the two middle ones when their number is even. `values` must not be
// empty.
double Median(std::vector<double> values);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_FIGURES_H_
