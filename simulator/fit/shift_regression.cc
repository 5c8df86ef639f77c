#include "simulator/fit/shift_regression.h"

#include <algorithm>
#include <cmath>

#include "simulator/fit/advance_chances.h"
#include "simulator/fit/gaussian.h"

namespace quotacast::simulator {
namespace {

constexpr int kMaxSteps = 60;
constexpr double kConverged = 1e-8;
constexpr double kMaxStep = 1;  // Of any shift: far from the mode Newton's step is too long.
constexpr double kFree = 1e-9;  // Precision of a column that nothing holds.

// Score and information about a shift.
ShiftEvidence EvidenceOf(LinkFamily family, const ShiftObservation& observation, double x) {
  ShiftEvidence evidence;
  if (family == LinkFamily::kProbit) {
    evidence.Add(x, observation.count, observation.size - observation.count);
  } else {
    const double mean = observation.size * std::exp(std::min(x, 50.0));
    evidence.score = observation.count - mean;
    evidence.information = mean;
  }
  evidence.score *= observation.weight;
  evidence.information *= observation.weight;
  return evidence;
}

// Of one group at the present shifts: what is left for the columns once it is integrated out.
struct GroupSums {
  double score = 0;
  double information = 0;
  std::vector<double> cross;  // By column.
  std::vector<int> touched;   // Columns with a cross term.
};

class Regression {
 public:
  Regression(LinkFamily family, absl::Span<const ShiftObservation> observations, size_t group_count,
             double group_sd, absl::Span<const ShiftPrior> priors)
      : family_(family),
        priors_(priors),
        group_precision_(1 / (group_sd * group_sd)),
        groups_(group_count, 0.0),
        columns_(priors.size(), 0.0),
        by_group_(group_count) {
    for (const ShiftObservation& observation : observations) {
      by_group_[static_cast<size_t>(observation.group)].push_back(&observation);
    }
    for (size_t c = 0; c < priors.size(); ++c) columns_[c] = priors[c].mean;
  }

  // A step of Newton's method; the largest change.
  double Step() {
    const size_t n = priors_.size();
    SymmetricMatrix matrix(n);
    std::vector<double> gradient(n, 0.0);
    for (size_t c = 0; c < n; ++c) {
      matrix.At(c, c) = priors_[c].precision + kFree;
      gradient[c] = priors_[c].precision * (priors_[c].mean - columns_[c]);
    }
    std::vector<GroupSums> sums(groups_.size());
    for (size_t g = 0; g < groups_.size(); ++g) AddGroup(g, matrix, gradient, sums[g]);
    const std::vector<double> change = Cholesky(matrix).Solve(gradient);
    double largest = 0;
    for (const double step : change) largest = std::max(largest, std::abs(step));
    std::vector<double> group_change(groups_.size());
    for (size_t g = 0; g < groups_.size(); ++g) {
      double score = sums[g].score;
      for (size_t i = 0; i < sums[g].touched.size(); ++i) {
        score -= sums[g].cross[i] * change[static_cast<size_t>(sums[g].touched[i])];
      }
      group_change[g] = score / sums[g].information;
      largest = std::max(largest, std::abs(group_change[g]));
    }
    const double damped = largest > kMaxStep ? kMaxStep / largest : 1;
    for (size_t c = 0; c < n; ++c) columns_[c] += damped * change[c];
    for (size_t g = 0; g < groups_.size(); ++g) groups_[g] += damped * group_change[g];
    return largest;
  }

  ShiftRegressionResult Result(size_t told_columns) const {
    const size_t n = priors_.size();
    SymmetricMatrix matrix(n);
    std::vector<double> gradient(n, 0.0);
    for (size_t c = 0; c < n; ++c) matrix.At(c, c) = priors_[c].precision + kFree;
    for (size_t g = 0; g < groups_.size(); ++g) {
      GroupSums sums;
      AddGroup(g, matrix, gradient, sums);
    }
    const Cholesky factor(matrix);
    ShiftRegressionResult result;
    result.modes = columns_;
    for (size_t c = n - told_columns; c < n; ++c) {
      std::vector<double> unit(n, 0.0);
      unit[c] = 1;
      result.sds.push_back(std::sqrt(factor.Solve(std::move(unit))[c]));
    }
    return result;
  }

 private:
  // Adds the group's observations, the group's own shift eliminated. `sums` keeps what the group's
  // shift follows from.
  void AddGroup(size_t group, SymmetricMatrix& matrix, std::vector<double>& gradient,
                GroupSums& sums) const {
    const std::vector<const ShiftObservation*>& observations = by_group_[group];
    sums.information = group_precision_;
    sums.score = -group_precision_ * groups_[group];
    std::vector<double> cross(priors_.size(), 0.0);
    for (const ShiftObservation* const observation : observations) {
      double x = observation->offset + groups_[group];
      for (const auto& [column, value] : observation->columns) {
        x += value * columns_[static_cast<size_t>(column)];
      }
      const ShiftEvidence evidence = EvidenceOf(family_, *observation, x);
      sums.score += evidence.score;
      sums.information += evidence.information;
      for (const auto& [column, value] : observation->columns) {
        const size_t c = static_cast<size_t>(column);
        if (cross[c] == 0) sums.touched.push_back(column);
        gradient[c] += value * evidence.score;
        cross[c] += value * evidence.information;
        for (const auto& [other, other_value] : observation->columns) {
          matrix.At(c, static_cast<size_t>(other)) += value * other_value * evidence.information;
        }
      }
    }
    // A cross term may have come back to 0 and been listed again.
    std::sort(sums.touched.begin(), sums.touched.end());
    sums.touched.erase(std::unique(sums.touched.begin(), sums.touched.end()), sums.touched.end());
    for (const int column : sums.touched) {
      const size_t c = static_cast<size_t>(column);
      sums.cross.push_back(cross[c]);
      gradient[c] -= cross[c] * sums.score / sums.information;
      for (const int other : sums.touched) {
        matrix.At(c, static_cast<size_t>(other)) -=
            cross[c] * cross[static_cast<size_t>(other)] / sums.information;
      }
    }
  }

  LinkFamily family_;
  absl::Span<const ShiftPrior> priors_;
  double group_precision_;
  std::vector<double> groups_;
  std::vector<double> columns_;
  std::vector<std::vector<const ShiftObservation*>> by_group_;
};

}  // namespace

ShiftRegressionResult RegressShifts(LinkFamily family,
                                    absl::Span<const ShiftObservation> observations,
                                    size_t group_count, double group_sd,
                                    absl::Span<const ShiftPrior> priors, size_t told_columns) {
  Regression regression(family, observations, group_count, group_sd, priors);
  for (int step = 0; step < kMaxSteps; ++step) {
    if (regression.Step() < kConverged) break;
  }
  return regression.Result(told_columns);
}

}  // namespace quotacast::simulator
