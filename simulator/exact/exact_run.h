// The three passes of the exact engine. Internal to exact.cc.
#ifndef QUOTACAST_SIMULATOR_EXACT_EXACT_RUN_H_
#define QUOTACAST_SIMULATOR_EXACT_EXACT_RUN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/draw_tables.h"
#include "simulator/exact/exact.h"
#include "simulator/exact/line_sums.h"
#include "simulator/exact/person_pass.h"
#include "simulator/exact/sums_pass.h"

namespace quotacast::simulator {

// One computation. Not thread-safe; uses threads of its own within Run.
class ExactRun {
 public:
  // All three must outlive this.
  ExactRun(const Blueprint& plan, const ExactOptions& options, const CancelCheck& cancel);

  // Errors as ComputeExact. Once, and what follows only after it returned OK.
  absl::Status Run();

  int draw_count() const { return static_cast<int>(draws_.size()); }
  const LineSums& line(int entity, int mark) const {
    return lines_[static_cast<size_t>(entity) * marks_ + mark];
  }
  // Sums over draws of P(n people at quota); empty without sums.
  const std::vector<double>& at_quota(int period) const { return at_quota_[period]; }

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

  bool Parallel(int count, const std::function<void(int)>& task) const;

  // Draws whose tables are in memory at a time: all, when they are small.
  int ChunkSize() const;
  // Makes the tables of draws [first, first + count) of draws_ current.
  absl::Status LoadTables(int first, int count);
  const DrawTables& Tables(int draw) const { return tables_[draw - first_table_]; }
  absl::Status ForAllChunks(const std::function<absl::Status(int first, int count)>& run);
  absl::Status ForAllDraws(const std::function<absl::Status(int draw)>& run);

  // First pass: means and variances of every line, and how many nodes people need.
  absl::Status FindScales(int draw);
  void RefuseIfInexact(const Seller& seller, const ShiftLaw& shift, const PersonScale& scale);
  absl::Status AddSumMoments(int draw, int mark);
  // The lattices of sums, which all draws share.
  void PlaceSums();

  // Second pass: laws and P(attain) of people.
  absl::Status FindPersonLaws();

  // Third pass: laws and P(attain) of sums, and the number at quota.
  absl::Status AddSums(int draw);
  // Makes sum_severities_ those of the draw.
  absl::Status LoadSeverities(int draw);
  absl::Status AddSumLaws(int mark, const SharedGrid& grid,
                          const std::vector<std::unique_ptr<GroupPass>>& passes);
  void FinishSum(size_t line, int mark, const NormalNodes& market,
                 const std::vector<Spectrum>& given_market);
  absl::Status AddAtQuota(int draw, int mark, const SharedGrid& grid,
                          const std::vector<std::unique_ptr<GroupPass>>& passes);

  ScaleOfSeller ScalesOf(int draw, int mark) const;
  const SumLattice& LatticeOf(size_t line, int mark) const {
    return *sum_lattices_[line * marks_ + mark];
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
  std::vector<std::vector<Spectrum>> sum_severities_;      // As sum_lattices_, under a draw.
  int severities_of_ = -1;                                 // Whose, by ExactContext::laws.
  std::vector<std::vector<double>> at_quota_;              // [period], sums over draws.
  int first_table_ = 0;
  std::vector<DrawTables> tables_;
  std::string refused_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_EXACT_RUN_H_
