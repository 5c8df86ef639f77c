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
  // An answer, that it must be right: "1 >=1 ok" or "0 >=1 short".
  void IsRight(std::string_view name, bool is_right);
  // Without a floor.
  void Note(std::string_view name, double value);

  int short_count() const { return short_count_; }
  // Of these the answers that were not right.
  int wrong_count() const { return wrong_count_; }

 private:
  void Print(std::string_view name, double value, std::string_view relation, double limit, bool ok);
  int short_count_ = 0;
  int wrong_count_ = 0;
};

// What goes on meanwhile: a line on stderr.
void SayProgress(std::string_view what);

// Middle value; the mean of the two middle ones when their number is even. `values` must not be
// empty.
double Median(std::vector<double> values);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_FIGURES_H_
