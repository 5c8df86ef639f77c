#include "simulator/exact/exact_run.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/parallel_for.h"
#include "base/status_macros.h"

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

// `limit` draws (0: all), evenly spread.
std::vector<int> ChooseDraws(int draw_count, int limit) {
  const int count = limit == 0 ? draw_count : std::min(limit, draw_count);
  std::vector<int> draws;
  for (int i = 0; i < count; ++i) draws.push_back(i * draw_count / count);
  return draws;
}

}  // namespace

ExactRun::ExactRun(const Blueprint& plan, const ExactOptions& options, const CancelCheck& cancel)
    : context_{plan, LawsByDraw(plan), NormalRules(), options.quota_cells, options.law_cells},
      plan_(plan),
      options_(options),
      cancel_(cancel),
      structure_(plan),
      draws_(ChooseDraws(plan.shape.draw_count, options.draw_limit)),
      marks_(plan.grid.mark_count()),
      scales_(plan.sellers.size() * draws_.size() * marks_),
      attain_at_points_(options.sums ? scales_.size() : 0),
      lines_(plan.shape.entities.size() * marks_) {}

absl::Status ExactRun::Run() {
  QC_RETURN_IF_ERROR(ForAllDraws([&](int draw) { return FindScales(draw); }));
  if (!refused_.empty()) return FailedPrecondition("NOT_EXACT", refused_);
  if (options_.sums) PlaceSums();
  QC_RETURN_IF_ERROR(FindPersonLaws());
  if (!options_.sums) return absl::OkStatus();
  return ForAllDraws([&](int draw) { return AddSums(draw); });
}

bool ExactRun::Parallel(int count, const std::function<void(int)>& task) const {
  return ParallelFor(options_.threads, count, cancel_, task);
}

int ExactRun::ChunkSize() const {
  return plan_.KeepsTables() ? static_cast<int>(draws_.size())
                             : std::min<int>(options_.threads, static_cast<int>(draws_.size()));
}

absl::Status ExactRun::LoadTables(int first, int count) {
  if (first == first_table_ && static_cast<int>(tables_.size()) == count) return absl::OkStatus();
  first_table_ = first;
  tables_.assign(count, {});
  const bool done =
      Parallel(count, [&](int i) { tables_[i] = BuildDrawTables(plan_, draws_[first + i]); });
  return done ? absl::OkStatus() : Cancelled();
}

absl::Status ExactRun::ForAllChunks(const std::function<absl::Status(int first, int count)>& run) {
  const int chunk = ChunkSize();
  for (int first = 0; first < static_cast<int>(draws_.size()); first += chunk) {
    const int count = std::min(chunk, static_cast<int>(draws_.size()) - first);
    QC_RETURN_IF_ERROR(LoadTables(first, count));
    QC_RETURN_IF_ERROR(run(first, count));
  }
  return absl::OkStatus();
}

absl::Status ExactRun::ForAllDraws(const std::function<absl::Status(int draw)>& run) {
  return ForAllChunks([&](int first, int count) -> absl::Status {
    for (int draw = first; draw < first + count; ++draw) QC_RETURN_IF_ERROR(run(draw));
    return absl::OkStatus();
  });
}

ScaleOfSeller ExactRun::ScalesOf(int draw, int mark) const {
  return [this, draw, mark](int seller) -> const PersonScale& { return Scale(seller, draw, mark); };
}

absl::Status ExactRun::FindScales(int draw) {
  const DrawTables& tables = Tables(draw);
  const bool done = Parallel(static_cast<int>(plan_.sellers.size()), [&](int s) {
    for (int mark = 0; mark < marks_; ++mark) {
      scales_[ScaleIndex(s, draw, mark)] = ScaleOf(context_, plan_.sellers[s], tables, mark);
    }
  });
  if (!done) return Cancelled();
  for (size_t s = 0; s < plan_.sellers.size(); ++s) {
    const Seller& seller = plan_.sellers[s];
    for (int mark = 0; mark < marks_; ++mark) {
      const PersonScale& scale = Scale(static_cast<int>(s), draw, mark);
      RefuseIfInexact(seller, ShiftLawOf(seller, tables), scale);
      Line(seller.entity, mark).means.push_back(scale.mean);
      Line(seller.entity, mark).second_moments.push_back(scale.second_moment);
    }
  }
  if (!options_.sums || !refused_.empty()) return absl::OkStatus();
  for (int mark = 0; mark < marks_; ++mark) QC_RETURN_IF_ERROR(AddSumMoments(draw, mark));
  return absl::OkStatus();
}

// Keeps the first reason.
void ExactRun::RefuseIfInexact(const Seller& seller, const ShiftLaw& shift,
                               const PersonScale& scale) {
  if (!refused_.empty()) return;
  const std::string& key = plan_.shape.entities[seller.entity].key;
  const double radius = plan_.bases[seller.basis].radius();
  if (std::abs(shift.mean) + kCoveredDeviations * shift.sd() > radius * (1 + 1e-9)) {
    refused_ = absl::StrCat(key, ": the win-side shift has mean ", shift.mean, " and sd ",
                            shift.sd(), "; six sd must stay within ", radius);
  } else if (scale.expected_wins > kMaxExpectedWins) {
    refused_ =
        absl::StrCat(key, ": ", scale.expected_wins,
                     " wins are expected from new pipeline; want at most ", kMaxExpectedWins);
  }
}

absl::Status ExactRun::AddSumMoments(int draw, int mark) {
  const ScaleOfSeller scale = ScalesOf(draw, mark);
  const SharedGrid grid(context_, structure_, Tables(draw), scale);
  const size_t nodes = grid.market().points.size();
  // By group and market node.
  std::vector<std::vector<WonMoments>> given_market(structure_.groups.size());
  const bool done = Parallel(static_cast<int>(structure_.groups.size()), [&](int g) {
    const GroupPass pass(context_, structure_.groups[g], Tables(draw), mark, grid.shared(g), scale);
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

void ExactRun::PlaceSums() {
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

absl::Status ExactRun::FindPersonLaws() {
  return ForAllChunks([&](int first, int count) {
    const bool done = Parallel(static_cast<int>(plan_.sellers.size()), [&](int s) {
      QuotaQuestion::Scratch scratch;
      const Seller& seller = plan_.sellers[s];
      PersonQuestions questions(context_, seller);
      for (int mark = 0; mark < marks_; ++mark) {
        LineSums& sums = Line(seller.entity, mark);
        std::optional<PersonMark> at;
        for (int draw = first; draw < first + count; ++draw) {
          const DrawTables& tables = Tables(draw);
          if (!at.has_value() || context_.laws.differ()) {
            at.emplace(context_, seller, tables, mark, sums.Mean() + kPersonReach * sums.Sd(),
                       &questions);
          }
          PersonFigures figures = FiguresOf(context_, seller, tables, *at, Scale(s, draw, mark),
                                            options_.sums, &scratch);
          if (at->law.has_value()) {
            sums.width = at->law->lattice().width;
            sums.is_lattice_exact = at->law->lattice().holds_all_amounts;
            sums.AddLaw(figures.law);
          }
          if (at->question == nullptr) continue;
          sums.attain.push_back(figures.answer.probability);
          sums.atoms.push_back(figures.answer.atom);
          sums.cell_masses.push_back(figures.answer.cell_mass);
          sums.atom_is_resolved = sums.atom_is_resolved && at->question->atom_is_resolved();
          if (options_.sums) {
            attain_at_points_[ScaleIndex(s, draw, mark)] = std::move(figures.attain_at_points);
          }
        }
      }
    });
    return done ? absl::OkStatus() : Cancelled();
  });
}

absl::Status ExactRun::LoadSeverities(int draw) {
  const int laws = context_.laws.IndexOf(Tables(draw));
  if (laws == severities_of_) return absl::OkStatus();
  severities_of_ = laws;
  sum_severities_.resize(sum_lattices_.size());
  const bool done = Parallel(static_cast<int>(sum_lattices_.size()), [&](int i) {
    sum_severities_[i] = sum_lattices_[i]->SeveritiesOf(context_.laws.all()[laws]);
  });
  return done ? absl::OkStatus() : Cancelled();
}

absl::Status ExactRun::AddSums(int draw) {
  QC_RETURN_IF_ERROR(LoadSeverities(draw));
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

absl::Status ExactRun::AddSumLaws(int mark, const SharedGrid& grid,
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
      const std::vector<Spectrum> given_shift = passes[part.group]->Transforms(
          LatticeOf(part.line, mark), sum_severities_[part.line * marks_ + mark]);
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

void ExactRun::FinishSum(size_t line, int mark, const NormalNodes& market,
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

absl::Status ExactRun::AddAtQuota(int draw, int mark, const SharedGrid& grid,
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

}  // namespace quotacast::simulator
