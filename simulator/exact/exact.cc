#include "simulator/exact/exact.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/exact/parallel_for.h"
#include "simulator/exact/person_pass.h"
#include "simulator/exact/sums_pass.h"

namespace quotacast::simulator {
namespace {

// How far laws reach above the mean, in standard deviations. By Cantelli's inequality less than 1 %
// and 1.3 % lie beyond for any law, so every reported quantile lies within.
constexpr double kPersonReach = 10;
constexpr double kSumReach = 9;

// The tables cover six standard deviations of every person's shift, unless it is wider than any.
constexpr double kCoveredDeviations = 6;

// Results of groups of people that wait to be put together.
constexpr int kWaitingGroups = 64;

absl::Status Cancelled() { return absl::CancelledError("the computation was cancelled"); }

absl::Status ValidateOptions(const ExactOptions& options) {
  std::vector<FieldViolation> violations;
  const auto check_cells = [&](const char* field, int cells, bool may_be_zero) {
    if (may_be_zero && cells == 0) return;
    if (cells >= kMinLatticeCells && cells <= kMaxLatticeCells) return;
    violations.push_back({field, absl::StrCat("is ", cells, "; want ", may_be_zero ? "0 or " : "",
                                              kMinLatticeCells, " to ", kMaxLatticeCells)});
  };
  check_cells("options.quota_cells", options.quota_cells, false);
  check_cells("options.law_cells", options.law_cells, true);
  check_cells("options.sum_cells", options.sum_cells, false);
  if (options.draw_limit < 0) {
    violations.push_back(
        {"options.draw_limit", absl::StrCat("is ", options.draw_limit, "; want 0 or more")});
  }
  if (options.threads < 1 || options.threads > kMaxThreads) {
    violations.push_back(
        {"options.threads", absl::StrCat("is ", options.threads, "; want 1 to ", kMaxThreads)});
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

// `limit` draws (0: all), evenly spread.
std::vector<int> ChooseDraws(int draw_count, int limit) {
  const int count = limit == 0 ? draw_count : std::min(limit, draw_count);
  std::vector<int> draws;
  for (int i = 0; i < count; ++i) draws.push_back(i * draw_count / count);
  return draws;
}

// A figure that is known for every draw.
Estimate OverDraws(const std::vector<double>& values, double offset) {
  const double count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value;
  mean /= count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  Estimate estimate;
  estimate.value = mean + offset;
  if (values.size() > 1) {
    estimate.parameter_sd = std::sqrt(squares / (count - 1));
    estimate.total_se = estimate.parameter_sd / std::sqrt(count);
  }
  return estimate;
}

double MeanOf(const std::vector<double>& values) { return OverDraws(values, 0).value; }

// What accumulates for one line at one mark; the vectors by draw.
struct LineSums {
  std::vector<double> means;
  std::vector<double> second_moments;
  std::vector<double> attain;
  std::vector<double> atoms;
  std::vector<double> cell_masses;
  bool atom_is_resolved = true;
  double width = 1;
  bool is_lattice_exact = false;
  std::vector<double> law;  // Sum over draws.

  double Mean() const { return MeanOf(means); }
  double Sd() const {
    const double mean = Mean();
    return std::sqrt(std::max(0.0, MeanOf(second_moments) - mean * mean));
  }
  void AddLaw(const std::vector<double>& masses) {
    law.resize(masses.size(), 0);
    for (size_t n = 0; n < masses.size(); ++n) law[n] += masses[n];
  }
};

class ExactRun {
 public:
  ExactRun(const Blueprint& plan, const ExactOptions& options, const CancelCheck& cancel)
      : context_{plan, DealLaws(plan), NormalRules(), options.quota_cells, options.law_cells},
        plan_(plan),
        options_(options),
        cancel_(cancel),
        structure_(plan),
        draws_(ChooseDraws(plan.shape.draw_count, options.draw_limit)),
        marks_(plan.grid.mark_count()),
        scales_(plan.sellers.size() * draws_.size() * marks_),
        attain_at_points_(options.sums ? scales_.size() : 0),
        lines_(plan.shape.entities.size() * marks_) {}

  absl::StatusOr<ExactForecast> Run() {
    QC_RETURN_IF_ERROR(ForAllDraws([&](int draw) { return FindScales(draw); }));
    QC_RETURN_IF_ERROR(CheckScales());
    if (options_.sums) PlaceSums();
    QC_RETURN_IF_ERROR(PersonLaws());
    if (options_.sums) {
      QC_RETURN_IF_ERROR(ForAllDraws([&](int draw) { return AddSums(draw); }));
    }
    return Report();
  }

 private:
  size_t ScaleIndex(int seller, int draw, int mark) const {
    return (static_cast<size_t>(seller) * draws_.size() + draw) * marks_ + mark;
  }
  const PersonScale& Scale(int seller, int draw, int mark) const {
    return scales_[ScaleIndex(seller, draw, mark)];
  }
  LineSums& Line(int entity, int mark) {
    return lines_[static_cast<size_t>(entity) * marks_ + mark];
  }
  int64_t Wanted(int entity, int mark) const {
    const Mark& at = plan_.grid.marks[mark];
    if (!at.ends_period) return Seller::kNoQuota;
    return plan_
        .wanted_minor_units[static_cast<size_t>(entity) * plan_.grid.period_count() + at.period];
  }

  bool Parallel(int count, const std::function<void(int)>& task) const {
    return ParallelFor(options_.threads, count, cancel_, task);
  }

  // Draws whose tables are in memory at a time: all, when they are small.
  int ChunkSize() const {
    return plan_.KeepsTables() ? static_cast<int>(draws_.size())
                               : std::min<int>(options_.threads, static_cast<int>(draws_.size()));
  }
  // Makes the tables of draws [first, first + count) of draws_ current.
  absl::Status LoadTables(int first, int count) {
    if (first == first_table_ && static_cast<int>(tables_.size()) == count) return absl::OkStatus();
    first_table_ = first;
    tables_.assign(count, {});
    const bool done =
        Parallel(count, [&](int i) { tables_[i] = BuildDrawTables(plan_, draws_[first + i]); });
    return done ? absl::OkStatus() : Cancelled();
  }
  const DrawTables& Tables(int draw) const { return tables_[draw - first_table_]; }

  absl::Status ForAllChunks(const std::function<absl::Status(int first, int count)>& run) {
    const int chunk = ChunkSize();
    for (int first = 0; first < static_cast<int>(draws_.size()); first += chunk) {
      const int count = std::min(chunk, static_cast<int>(draws_.size()) - first);
      QC_RETURN_IF_ERROR(LoadTables(first, count));
      QC_RETURN_IF_ERROR(run(first, count));
    }
    return absl::OkStatus();
  }
  absl::Status ForAllDraws(const std::function<absl::Status(int draw)>& run) {
    return ForAllChunks([&](int first, int count) -> absl::Status {
      for (int draw = first; draw < first + count; ++draw) QC_RETURN_IF_ERROR(run(draw));
      return absl::OkStatus();
    });
  }

  // First pass: means and variances of every line, and how many nodes people need.
  absl::Status FindScales(int draw) {
    const DrawTables& tables = Tables(draw);
    const bool done = Parallel(static_cast<int>(plan_.sellers.size()), [&](int s) {
      for (int mark = 0; mark < marks_; ++mark) {
        scales_[ScaleIndex(s, draw, mark)] = ScaleOf(context_, plan_.sellers[s], tables, mark);
      }
    });
    if (!done) return Cancelled();
    for (size_t s = 0; s < plan_.sellers.size(); ++s) {
      const Seller& seller = plan_.sellers[s];
      const ShiftLaw shift = ShiftLawOf(seller, tables);
      const double radius = plan_.bases[seller.basis].radius();
      if (std::abs(shift.mean) + kCoveredDeviations * shift.sd() > radius * (1 + 1e-9) &&
          refused_.empty()) {
        refused_ =
            absl::StrCat(plan_.shape.entities[seller.entity].key, ": the win-side shift has mean ",
                         shift.mean, " and sd ", shift.sd(), "; six sd must stay within ", radius);
      }
      for (int mark = 0; mark < marks_; ++mark) {
        const PersonScale& scale = Scale(static_cast<int>(s), draw, mark);
        Line(seller.entity, mark).means.push_back(scale.mean);
        Line(seller.entity, mark).second_moments.push_back(scale.second_moment);
        if (scale.expected_wins > kMaxExpectedWins && refused_.empty()) {
          refused_ =
              absl::StrCat(plan_.shape.entities[seller.entity].key, ": ", scale.expected_wins,
                           " wins are expected from new pipeline; want at most ", kMaxExpectedWins);
        }
      }
    }
    if (!options_.sums || !refused_.empty()) return absl::OkStatus();
    for (int mark = 0; mark < marks_; ++mark) QC_RETURN_IF_ERROR(AddSumMoments(draw, mark));
    return absl::OkStatus();
  }

  absl::Status CheckScales() const {
    if (refused_.empty()) return absl::OkStatus();
    return FailedPrecondition("NOT_EXACT", refused_);
  }

  ScaleOfSeller ScalesOf(int draw, int mark) const {
    return
        [this, draw, mark](int seller) -> const PersonScale& { return Scale(seller, draw, mark); };
  }

  absl::Status AddSumMoments(int draw, int mark) {
    const ScaleOfSeller scale = ScalesOf(draw, mark);
    const SharedGrid grid(context_, structure_, Tables(draw), scale);
    const size_t nodes = grid.market().points.size();
    // By group and market node.
    std::vector<std::vector<WonMoments>> given_market(structure_.groups.size());
    const bool done = Parallel(static_cast<int>(structure_.groups.size()), [&](int g) {
      const GroupPass pass(context_, structure_.groups[g], Tables(draw), mark, grid.shared(g),
                           scale);
      const std::vector<WonMoments> moments = pass.Moments();
      for (size_t m = 0; m < nodes; ++m) {
        const std::vector<double>& weights = grid.weights(g, static_cast<int>(m));
        double mean = 0, second = 0;
        for (size_t c = 0; c < moments.size(); ++c) {
          mean += weights[c] * moments[c].mean;
          second += weights[c] * moments[c].second_moment();
        }
        given_market[g].push_back({mean, second - mean * mean});
      }
    });
    if (!done) return Cancelled();
    for (const SumStructure::Line& line : structure_.lines) {
      double mean = 0, second = 0;
      for (size_t m = 0; m < nodes; ++m) {
        WonMoments sum;
        for (const int group : line.groups) {
          sum.mean += given_market[group][m].mean;
          sum.variance += given_market[group][m].variance;
        }
        mean += grid.market().weights[m] * sum.mean;
        second += grid.market().weights[m] * sum.second_moment();
      }
      Line(line.entity, mark).means.push_back(mean);
      Line(line.entity, mark).second_moments.push_back(second);
    }
    return absl::OkStatus();
  }

  // The lattices of sums, which all draws share.
  void PlaceSums() {
    for (const SumStructure::Line& line : structure_.lines) {
      for (int mark = 0; mark < marks_; ++mark) {
        LineSums& sums = Line(line.entity, mark);
        sum_lattices_.push_back(std::make_unique<SumLattice>(
            context_, structure_, line, sums.Mean() + kSumReach * sums.Sd(),
            Wanted(line.entity, mark), options_.sum_cells));
        sums.width = sum_lattices_.back()->lattice.width;
        sums.is_lattice_exact = sum_lattices_.back()->lattice.holds_all_amounts;
      }
    }
    at_quota_.resize(plan_.grid.period_count());
  }
  const SumLattice& LatticeOf(size_t line, int mark) const {
    return *sum_lattices_[line * marks_ + mark];
  }

  // Second pass: laws and P(attain) of people.
  absl::Status PersonLaws() {
    return ForAllChunks([&](int first, int count) {
      const bool done = Parallel(static_cast<int>(plan_.sellers.size()), [&](int s) {
        QuotaQuestion::Scratch scratch;
        const Seller& seller = plan_.sellers[s];
        for (int mark = 0; mark < marks_; ++mark) {
          LineSums& sums = Line(seller.entity, mark);
          const PersonMark at(context_, seller, mark, sums.Mean() + kPersonReach * sums.Sd());
          if (at.law.has_value()) {
            sums.width = at.law->lattice().width;
            sums.is_lattice_exact = at.law->lattice().holds_all_amounts;
          }
          for (int draw = first; draw < first + count; ++draw) {
            PersonFigures figures = FiguresOf(context_, seller, Tables(draw), at,
                                              Scale(s, draw, mark), options_.sums, &scratch);
            if (at.law.has_value()) sums.AddLaw(figures.law);
            if (!at.question.has_value()) continue;
            sums.attain.push_back(figures.answer.probability);
            sums.atoms.push_back(figures.answer.atom);
            sums.cell_masses.push_back(figures.answer.cell_mass);
            sums.atom_is_resolved = at.question->atom_is_resolved();
            if (options_.sums) {
              attain_at_points_[ScaleIndex(s, draw, mark)] = std::move(figures.attain_at_points);
            }
          }
        }
      });
      return done ? absl::OkStatus() : Cancelled();
    });
  }

  // Third pass: laws and P(attain) of sums, and the number at quota.
  absl::Status AddSums(int draw) {
    for (int mark = 0; mark < marks_; ++mark) {
      const ScaleOfSeller scale = ScalesOf(draw, mark);
      const SharedGrid grid(context_, structure_, Tables(draw), scale);
      const int group_count = static_cast<int>(structure_.groups.size());
      std::vector<std::unique_ptr<GroupPass>> passes(group_count);
      const bool done = Parallel(group_count, [&](int g) {
        passes[g] = std::make_unique<GroupPass>(context_, structure_.groups[g], Tables(draw), mark,
                                                grid.shared(g), scale);
      });
      if (!done) return Cancelled();
      QC_RETURN_IF_ERROR(AddSumLaws(mark, grid, passes));
      if (plan_.grid.marks[mark].ends_period) {
        QC_RETURN_IF_ERROR(AddAtQuota(draw, mark, grid, passes));
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddSumLaws(int mark, const SharedGrid& grid,
                          const std::vector<std::unique_ptr<GroupPass>>& passes) {
    const size_t nodes = grid.market().points.size();
    struct Part {
      size_t line = 0;
      int group = 0;
      std::vector<Spectrum> given_market;
    };
    std::vector<Part> parts;
    std::vector<Spectrum> product;  // Of the line that is being put together, by market node.
    for (size_t line = 0; line < structure_.lines.size(); ++line) {
      for (const int group : structure_.lines[line].groups) parts.push_back({line, group, {}});
    }
    size_t line_of_product = structure_.lines.size();
    for (size_t first = 0; first < parts.size(); first += kWaitingGroups) {
      const size_t count = std::min<size_t>(kWaitingGroups, parts.size() - first);
      const bool done = Parallel(static_cast<int>(count), [&](int i) {
        Part& part = parts[first + i];
        const std::vector<Spectrum> given_shift =
            passes[part.group]->Transforms(LatticeOf(part.line, mark));
        for (size_t m = 0; m < nodes; ++m) {
          const std::vector<double>& weights = grid.weights(part.group, static_cast<int>(m));
          Spectrum spectrum(given_shift[0].size());
          for (size_t c = 0; c < given_shift.size(); ++c) {
            spectrum.AddScaled(weights[c], given_shift[c]);
          }
          part.given_market.push_back(std::move(spectrum));
        }
      });
      if (!done) return Cancelled();
      for (size_t i = first; i < first + count; ++i) {
        Part& part = parts[i];
        if (part.line != line_of_product) {
          product = std::move(part.given_market);
          line_of_product = part.line;
        } else {
          for (size_t m = 0; m < nodes; ++m) product[m].MultiplyBy(part.given_market[m]);
        }
        part.given_market.clear();
        if (i + 1 == parts.size() || parts[i + 1].line != part.line) {
          FinishSum(part.line, mark, grid.market(), product);
        }
      }
    }
    return absl::OkStatus();
  }

  void FinishSum(size_t line, int mark, const NormalNodes& market,
                 const std::vector<Spectrum>& given_market) {
    Spectrum average(given_market[0].size());
    for (size_t m = 0; m < given_market.size(); ++m) {
      average.AddScaled(market.weights[m], given_market[m]);
    }
    const SumLattice& lattice = LatticeOf(line, mark);
    const std::vector<double> law = lattice.circle.Invert(average);
    LineSums& sums = Line(structure_.lines[line].entity, mark);
    sums.AddLaw(law);
    if (lattice.wanted_node < 0) return;
    double below = 0;
    for (int n = 0; n < lattice.wanted_node && n < lattice.lattice.size; ++n) below += law[n];
    double cell = 0, around = 0;
    if (!lattice.lattice.holds_all_amounts && lattice.wanted_node > 0) {
      cell = law[lattice.wanted_node];
      around = std::abs(law[lattice.wanted_node - 1]) + std::abs(cell) +
               std::abs(law[lattice.wanted_node + 1]);
    }
    sums.attain.push_back(std::clamp(1 - below - 0.5 * cell, 0.0, 1.0));
    sums.cell_masses.push_back(around);
  }

  absl::Status AddAtQuota(int draw, int mark, const SharedGrid& grid,
                          const std::vector<std::unique_ptr<GroupPass>>& passes) {
    const size_t nodes = grid.market().points.size();
    std::vector<std::vector<std::vector<double>>> given_market(structure_.groups.size());
    const bool done = Parallel(static_cast<int>(structure_.groups.size()), [&](int g) {
      std::vector<const std::vector<double>*> attain;
      for (const int seller : structure_.groups[g]) {
        attain.push_back(&attain_at_points_[ScaleIndex(seller, draw, mark)]);
      }
      const std::vector<std::vector<double>> given_shift = passes[g]->AtQuotaLaws(attain);
      for (size_t m = 0; m < nodes; ++m) {
        const std::vector<double>& weights = grid.weights(g, static_cast<int>(m));
        std::vector<double> law(given_shift[0].size(), 0);
        for (size_t c = 0; c < given_shift.size(); ++c) {
          for (size_t n = 0; n < law.size(); ++n) law[n] += weights[c] * given_shift[c][n];
        }
        given_market[g].push_back(std::move(law));
      }
    });
    if (!done) return Cancelled();
    const int period = plan_.grid.marks[mark].period;
    std::vector<double>& total = at_quota_[period];
    total.resize(static_cast<size_t>(plan_.shape.eligible_rep_count[period]) + 1, 0);
    for (size_t m = 0; m < nodes; ++m) {
      std::vector<double> law = {1};
      for (const auto& group : given_market) {
        std::vector<double> sum(law.size() + group[m].size() - 1, 0);
        for (size_t i = 0; i < law.size(); ++i) {
          for (size_t j = 0; j < group[m].size(); ++j) sum[i + j] += law[i] * group[m][j];
        }
        law = std::move(sum);
      }
      for (size_t n = 0; n < law.size(); ++n) total[n] += grid.market().weights[m] * law[n];
    }
    return absl::OkStatus();
  }

  ExactForecast Report() {
    ExactForecast forecast;
    forecast.draw_count = static_cast<int>(draws_.size());
    forecast.model_draw_count = plan_.shape.draw_count;
    const int first = options_.sums ? 0 : 1 + plan_.shape.team_count;
    for (int period = 0; period < plan_.grid.period_count(); ++period) {
      ExactPeriod of_period;
      of_period.period = period;
      of_period.eligible_rep_count = plan_.shape.eligible_rep_count[period];
      for (int mark = 0; mark < marks_; ++mark) {
        if (plan_.grid.marks[mark].period != period) continue;
        for (int e = first; e < static_cast<int>(plan_.shape.entities.size()); ++e) {
          of_period.lines.push_back(ReportLine(e, mark));
        }
      }
      if (options_.sums) {
        of_period.at_quota_law = std::move(at_quota_[period]);
        for (double& mass : of_period.at_quota_law) {
          mass = std::max(0.0, mass / static_cast<double>(draws_.size()));
        }
      }
      forecast.periods.push_back(std::move(of_period));
    }
    return forecast;
  }

  ExactLine ReportLine(int entity, int mark) {
    const Mark& at = plan_.grid.marks[mark];
    const size_t cell = static_cast<size_t>(entity) * plan_.grid.period_count() + at.period;
    LineSums& sums = Line(entity, mark);
    ExactLine line;
    line.entity = plan_.shape.entities[entity];
    line.period = at.period;
    if (!at.ends_period) line.by = plan_.shape.step_ends[at.step] - 1;
    line.booked_minor_units = plan_.shape.booked_minor_units[cell];
    line.quota_minor_units = plan_.shape.quota_minor_units[cell];
    line.mean = OverDraws(sums.means, static_cast<double>(line.booked_minor_units));
    line.sd = sums.Sd();
    line.quota_atom_is_resolved = sums.atom_is_resolved;
    if (!sums.attain.empty()) {
      line.attain_probability = OverDraws(sums.attain, 0);
      line.quota_cell_mass = MeanOf(sums.cell_masses);
      if (!sums.atoms.empty()) line.quota_atom = MeanOf(sums.atoms);
    }
    if (sums.law.empty()) return line;
    line.law.width = sums.width;
    line.law.is_lattice_exact = sums.is_lattice_exact;
    line.law.masses = std::move(sums.law);
    double total = 0;
    for (double& mass : line.law.masses) {
      mass /= static_cast<double>(draws_.size());
      total += mass;
    }
    line.law.above = std::max(0.0, 1 - total);
    size_t node = 0;
    double cumulative = line.law.masses[0];
    for (const double probability : kReportedQuantiles) {
      while (cumulative < probability && node + 1 < line.law.masses.size()) {
        cumulative += line.law.masses[++node];
      }
      line.quantiles.push_back({probability, static_cast<double>(line.booked_minor_units) +
                                                 line.law.width * static_cast<double>(node)});
    }
    return line;
  }

  ExactContext context_;
  const Blueprint& plan_;
  const ExactOptions& options_;
  const CancelCheck& cancel_;
  SumStructure structure_;
  std::vector<int> draws_;  // Of the model. Elsewhere in this class a draw is a position in these.
  int marks_;
  std::vector<PersonScale> scales_;
  std::vector<std::vector<double>> attain_at_points_;
  std::vector<LineSums> lines_;                            // [entity * marks + mark].
  std::vector<std::unique_ptr<SumLattice>> sum_lattices_;  // [line * marks + mark].
  std::vector<std::vector<double>> at_quota_;              // [period], sums over draws.
  int first_table_ = 0;
  std::vector<DrawTables> tables_;
  std::string refused_;
};

}  // namespace

absl::StatusOr<ExactForecast> ComputeExact(const PipelineModel& model, const PipelineState& state,
                                           const Scenario& scenario, const ExactOptions& options,
                                           const CancelCheck& cancel) {
  QC_RETURN_IF_ERROR(ValidateOptions(options));
  QC_ASSIGN_OR_RETURN(const Blueprint plan, DrawBlueprint(model, state, scenario, options.engine));
  return ExactRun(plan, options, cancel).Run();
}

}  // namespace quotacast::simulator
